"""What an agent or a person does, one noun a file; each verb is one transaction with its event in the log."""
