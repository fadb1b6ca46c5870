"""Images and documents that editors send: their formats, and the check that each passes before it is stored."""
