"""The gateway for any client: started, shown, changed and summed up from the command line."""
