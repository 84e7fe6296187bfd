"""pytest entry point of livekit-harness, under a name that no project's own folder has."""
