"""`python -m quotes.spark`: articles in, a folder of Parquet out, an index of it if wanted."""

from __future__ import annotations

import os
import sys
from contextlib import closing
from dataclasses import fields
from pathlib import Path

import click

from quotes.errors import QuotesError
from quotes.index.opening import open_index
from quotes.people.known import load_people, people_files


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("paths", nargs=-1, required=True, metavar="ARTICLES...")
@click.option("--out", required=True, metavar="FOLDER", help="Where the Parquet files go.")
@click.option("--master", metavar="URL", help="Of the cluster; every core of this machine if none.")
@click.option("--outlet", metavar="NAME", help="Who published these articles.")
@click.option("--any-language", is_flag=True, help="Read articles too that are not in English.")
@click.option(
    "--people",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="A people.toml of your own, at the same path on every machine.",
)
@click.option(
    "--db",
    type=click.Path(path_type=Path),
    help="Put the archive into this index as well; FOLDER must be of this machine.",
)
def main(
    paths: tuple[str, ...],
    out: str,
    master: str | None,
    outlet: str | None,
    any_language: bool,
    people: Path | None,
    db: Path | None,
) -> None:
    """Read an archive of articles with Spark.

    ARTICLES are files or folders that end in .parquet, .jsonl or .ndjson; records have a text,
    and may have id, outlet, title, date and url.  In FOLDER: quotations.parquet,
    speakers.parquet, groups.parquet, families.parquet and failures.parquet.

    Exit codes: 0 done; 1 some articles failed, or there was none; 2 could not run.
    """
    try:
        from quotes.spark import Archive, Recipe, articles, build, load

        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
        from pyspark.sql import SparkSession  # by now it is known that the extra is installed

        builder = SparkSession.builder.appName("quotes")
        if master or "SPARK_SUBMIT_MODE" not in os.environ:  # else there is a session already
            builder = builder.master(master or "local[*]")
        spark = builder.getOrCreate()
        known = people_files(db, people) if db else (people, None)
        found = articles(spark, paths, outlet=outlet, any_language=any_language)
        archive = build(found, out, Recipe(*known))
        counts = {each.name: getattr(archive, each.name).count() for each in fields(Archive)}
        for name, count in counts.items():
            click.echo(f"{name:<11} {count}")
        if db:
            with closing(open_index(db)) as connection:
                written = load(connection, out, people=load_people(*known))
            click.echo(f"index       {db}: {written} articles written")
    except QuotesError as error:
        click.echo(f"Error: {error}", err=True)
        sys.exit(2)
    sys.exit(1 if counts["failures"] or not counts["quotations"] else 0)


if __name__ == "__main__":
    main()
