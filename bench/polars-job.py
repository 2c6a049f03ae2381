"""Runs a job in Polars, as a lazy query that streams where Polars can: polars-job.py JOB FILE [LOOKUP]"""
import sys

import polars as pl

job, path, *more = sys.argv[1:]
lookup = more[0] if more else None
OUT = "/dev/stdout"
if job == "csv-ndjson":
    pl.scan_csv(path).sink_ndjson(OUT)
elif job == "select":
    pl.scan_ndjson(path).filter(pl.col("score") > 90).sink_ndjson(OUT)
elif job == "update":
    pl.scan_ndjson(path).with_columns(pl.col("score") + 1, pl.lit(True).alias("seen")).sink_ndjson(OUT)
elif job == "ndjson-csv":
    pl.scan_ndjson(path).sink_csv(OUT)
elif job == "csv-csv":
    pl.scan_csv(path).filter(pl.col("country") == "DE").sink_csv(OUT)
elif job == "main":
    pl.scan_csv(path).filter(pl.col("score") > 90).collect(engine="streaming").write_json(OUT)
elif job == "nested":
    query = pl.scan_ndjson(path).select(pl.col("actor").struct.field("login"), pl.col("type"))
    query.sink_ndjson(OUT)
elif job == "groups":
    totals = [pl.len().alias("n"), pl.col("score").max().alias("best"), pl.col("id").sum().alias("ids")]
    query = pl.scan_ndjson(path).group_by("country").agg(totals).sort("country")
    query.collect(engine="streaming").write_json(OUT)
elif job == "top":
    pl.scan_ndjson(path).top_k(5, by="balance").sort("balance").collect(engine="streaming").write_json(OUT)
elif job == "json-ndjson":
    pl.read_json(path).write_ndjson(OUT)
elif job == "ndjson-json":
    pl.scan_ndjson(path).collect(engine="streaming").write_json(OUT)
elif job == "sum":
    scan = pl.scan_csv if path.endswith(".csv") else pl.scan_ndjson
    scan(path).group_by("country").agg(pl.col("score").sum().alias("total")).sort("country").sink_ndjson(OUT)
elif job in ("inner", "left"):
    pl.scan_csv(path).join(pl.scan_csv(lookup), on="id", how=job).sink_ndjson(OUT)
else:
    sys.exit(f"no job {job}")
