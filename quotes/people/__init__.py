"""Who is who across articles: names, people lists, decisions made by hand."""
