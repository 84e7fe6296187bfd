"""What an attempt left behind, drawn: each module makes one kind of picture from plain evidence."""
