"""The learned reader: one encoder run over an article gives content, cue and source."""
