"""Quotation marks, cues and regions, and the policy that joins them with what the reader found."""
