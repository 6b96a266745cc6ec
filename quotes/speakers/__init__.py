"""Who a source is within one article."""
