"""The subcommands of `livekit-harness`, one file each: a few lines over their rooms."""
