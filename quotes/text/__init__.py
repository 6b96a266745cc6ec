"""Text as printed and text for comparing: words, sentences, folded forms, word lists."""
