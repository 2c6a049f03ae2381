"""Runs one SQL statement in DuckDB, as its command line does: duckdb-job.py -c STATEMENT"""
import sys

import duckdb

duckdb.execute(sys.argv[2])
