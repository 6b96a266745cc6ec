"""Article files and records -> validated Articles; what cannot be used becomes a Failure.

Texts are kept exactly as they came, without a byte order mark, so that offsets hold; in files of
plain text garbled characters are mended, and of an HTML page the text is the story in it.
Nothing here looks at quotations.  Another input format is one function, such as `page.page`, and
one line in `files.FORMATS`.
"""
