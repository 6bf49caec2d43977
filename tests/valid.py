#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Holds JSON reports against a schema.

  valid.py SCHEMA FILE...   each FILE has one report or more (stat -i writes one after the other)

Exits 0 when all are as the schema says, else prints what is not.
"""
import json
import sys

import jsonschema


def reports(path):
    with open(path, encoding="utf-8") as file:
        text = file.read().rstrip()
    at = 0
    while at < len(text):
        while text[at].isspace():
            at += 1
        report, at = json.JSONDecoder().raw_decode(text, at)
        yield report


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        schema = json.load(file)
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    bad = False
    for path in sys.argv[2:]:
        found = 0
        for report in reports(path):
            found += 1
            for error in validator.iter_errors(report):
                print(path, list(error.absolute_path), error.message[:200])
                bad = True
        if not found:
            print(path, "holds no report")
            bad = True
    return bad


sys.exit(main())
