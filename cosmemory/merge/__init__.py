"""Three versions of a page, base and two that came of it, become one."""
