"""Runs one query in ClickHouse, as its command line does: clickhouse-job.py local --query QUERY"""
import sys

import chdb

chdb.query(sys.argv[3])
