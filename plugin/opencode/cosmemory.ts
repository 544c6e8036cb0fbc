// Tells cosmemory what happens in OpenCode, in Claude Code's words, and OpenCode what cosmemory answers.
// All that is decided is decided by `cosmemory hook`; whatever goes wrong here, OpenCode goes on.
import { spawn } from "node:child_process"

const COMMAND = ["cosmemory", "hook", "--harness", "opencode"]
const PATIENCE = 10_000
const TOOLS = { write: "Write", edit: "Edit", read: "Read", bash: "Bash" }
const EDITS = ["write", "edit", "multiedit", "patch", "apply_patch"]
const KEYS = { filePath: "file_path", oldString: "old_string", newString: "new_string", replaceAll: "replace_all" }

const renamed = (held, names) =>
  Object.fromEntries(Object.entries(held ?? {}).map(([key, value]) => [names[key] ?? key, value]))

function ask(directory, payload) {
  return new Promise((resolve) => {
    try {
      const [command, ...words] = COMMAND
      const child = spawn(command, words, { cwd: directory, timeout: PATIENCE, stdio: ["pipe", "pipe", "ignore"] })
      let said = ""
      child.stdout.on("data", (data) => (said += data))
      child.stdin.on("error", () => {})
      child.on("error", () => resolve({}))
      child.on("close", () => {
        try {
          resolve(JSON.parse(said || "{}"))
        } catch {
          resolve({})
        }
      })
      child.stdin.end(JSON.stringify({ cwd: directory, ...payload }))
    } catch {
      resolve({})
    }
  })
}

export const Cosmemory = async ({ directory }) => {
  const begun = new Set()
  const waiting = new Map() // what a session is to be told with its next request
  const tell = async (hook_event_name, session_id, more = {}) => {
    const answer = await ask(directory, { hook_event_name, session_id, ...more })
    return { ...answer.hookSpecificOutput, reason: answer.reason }
  }
  const start = async (session, source) => {
    begun.add(session)
    return (await tell("SessionStart", session, { source })).additionalContext
  }
  const keep = (session, text) => text && waiting.set(session, [...(waiting.get(session) ?? []), text])
  const tool = (input, args) => ({
    tool_name: TOOLS[input.tool] ?? input.tool,
    tool_use_id: input.callID,
    tool_input: renamed(args, KEYS),
  })

  return {
    event: async ({ event }) => {
      const session = event.properties?.sessionID ?? event.properties?.info?.id
      if (!begun.has(session)) return // nothing was said in it yet
      if (event.type === "session.idle") await tell("Stop", session)
      if (event.type === "session.error") await tell("StopFailure", session, { error: event.properties.error?.name })
      if (event.type === "session.compacted") {
        await tell("PostCompact", session)
        waiting.set(session, [])
        keep(session, await start(session, "compact"))
      }
      if (event.type === "session.deleted") {
        await tell("SessionEnd", session, { reason: "other" })
        waiting.delete(session)
        begun.delete(session)
      }
    },
    "chat.message": async (input, output) => {
      const session = input.sessionID
      if (!begun.has(session)) keep(session, await start(session, "startup"))
      const prompt = output.parts.filter((part) => part.type === "text").map((part) => part.text)
      const told = await tell("UserPromptSubmit", session, { prompt: prompt.join("\n"), prompt_id: input.messageID })
      keep(session, told.additionalContext)
    },
    "experimental.chat.system.transform": async (input, output) => {
      output.system.push(...(waiting.get(input.sessionID) ?? []))
    },
    "tool.execute.before": async (input, output) => {
      if (!EDITS.includes(input.tool)) return
      const told = await tell("PreToolUse", input.sessionID, tool(input, output.args))
      if (told.permissionDecision === "deny") throw new Error(told.permissionDecisionReason)
    },
    "tool.execute.after": async (input, output) => {
      if (!EDITS.includes(input.tool)) return
      const told = await tell("PostToolUse", input.sessionID, tool(input, input.args))
      for (const text of [told.additionalContext, told.reason]) if (text) output.output += `\n\n${text}`
    },
    dispose: async () => {
      await Promise.all([...begun].map((session) => tell("SessionEnd", session, { reason: "other" })))
    },
    "experimental.session.compacting": async (input) => {
      await tell("PreCompact", input.sessionID, { trigger: "auto" })
    },
  }
}
