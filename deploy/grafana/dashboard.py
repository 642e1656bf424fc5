#!/usr/bin/env python3
"""Writes the Grafana dashboard: deploy/grafana/dashboard.py > deploy/grafana/dashboards/rearm.json

A test compares the file with what this prints, and its queries with what the services export.
"""
import json

SOURCE = {"type": "prometheus", "uid": "${source}"}


def quantiles(metric, by=""):
    """The median and the 99th percentile of a histogram, as queries with their legends."""
    labels = "le" + (f", {by}" if by else "")
    legend = f" {{{{{by}}}}}" if by else ""
    return [(f"histogram_quantile({q}, sum by ({labels}) (rate({metric}_bucket[$__rate_interval])))", f"p{q * 100:g}{legend}") for q in (0.5, 0.99)]


def rate(metric, by, matcher=""):
    """What is counted a second, by a label."""
    return [(f"sum by ({by}) (rate({metric}{matcher}[$__rate_interval]))", f"{{{{{by}}}}}")]


# Rows of panels: title, unit, queries with legends.
ROWS = [
    ("Answers", [
        ("Answers by method and outcome", "reqps", [("sum by (method, outcome) (rate(rearm_server_requests_total[$__rate_interval]))", "{{method}} {{outcome}}")]),
        ("Time to answer, without the transport", "s", quantiles("rearm_server_request_duration_seconds", "method")),
        ("Time to answer over HTTP and gRPC", "s", quantiles("http_server_request_duration_seconds", "job")),
        ("Answers being made; searches waiting; refused calls", "short", [
            ("sum by (instance) (rearm_server_calls_running)", "running {{instance}}"),
            ("sum by (instance) (rearm_server_search_waiting)", "waiting {{instance}}"),
            ("sum by (instance) (rate(rearm_server_calls_refused_total[$__rate_interval]))", "refused/s {{instance}}")]),
        ("Searches that share a pass", "short", [
            ("(sum(rate(rearm_server_search_queries_total[$__rate_interval])) - sum(rate(rearm_server_search_approximate_total[$__rate_interval])))"
             " / sum(rate(rearm_server_search_passes_total[$__rate_interval]))", "searches per pass")]),
        ("Searches that an index answers; what it finds of the best 20", "percentunit", [
            ("sum(rate(rearm_server_search_approximate_total[$__rate_interval])) / sum(rate(rearm_server_search_queries_total[$__rate_interval]))", "answered by it"),
            ("min(rearm_server_search_recall)", "recall")]),
        ("Answers without the user's vector", "reqps", rate("rearm_server_vectors_unknown_total", "instance")),
    ]),
    ("Model", [
        ("Generation served", "none", [("max by (instance) (rearm_server_generation_number)", "{{instance}}")]),
        ("Age of the generation served", "s", [("max by (instance) (rearm_server_generation_age_seconds)", "{{instance}}")]),
        ("New items, by where their vector is from", "short", [("max by (vector) (rearm_server_new_items)", "{{vector}}")]),
        ("Recall@20 on held-out interactions", "percentunit", [("max(rearm_trainer_recall)", "newest generation"), ("max(rearm_trainer_gate_difference)", "less that of the one served")]),
        ("Training runs since the Trainer's start", "none", [("sum by (outcome) (rearm_trainer_runs_total)", "{{outcome}}")]),
        ("Compared with the one served, since then", "none", [("sum by (outcome) (rearm_trainer_gate_comparisons_total)", "{{outcome}}")]),
        ("Time of an epoch", "s", quantiles("rearm_trainer_epoch_duration_seconds")),
    ]),
    ("Events in", [
        ("Events by status", "cps", rate("rearm_ingestor_events_total", "status")),
        ("Rejected, by field", "cps", rate("rearm_ingestor_rejections_total", "field")),
        ("Calls refused", "cps", [("sum by (reason, caller) (rate(rearm_access_refusals_total[$__rate_interval]))", "{{reason}} {{caller}}")]),
        ("Until a batch is answered", "s", quantiles("rearm_ingestor_batch_duration_seconds")),
        ("Until Kafka acknowledges", "s", quantiles("rearm_ingestor_produce_duration_seconds")),
        ("Dead letters", "cps", rate("rearm_graph_builder_dead_letters_total", "instance")),
    ]),
    ("Graphs", [
        ("Records not read yet", "short", [("sum by (instance) (rearm_graph_builder_lag)", "{{instance}}")]),
        ("Until a backlog is read", "s", [("max by (instance) (rearm_graph_builder_catch_up_time_left_seconds)", "{{instance}}")]),
        ("Records read; retries", "cps", rate("rearm_graph_builder_records_total", "instance") + [
            ("sum by (instance) (rate(rearm_graph_builder_retries_total[$__rate_interval]))", "retries {{instance}}")]),
        ("Partitions", "short", [("sum by (instance) (rearm_graph_builder_partitions)", "{{instance}}")]),
        ("Users, items, interactions", "short", [
            ("sum(rearm_graph_builder_users)", "users"), ("max(rearm_graph_builder_items)", "items"), ("sum(rearm_graph_builder_interactions)", "interactions")]),
        ("Age of checkpoint and snapshot", "s", [
            ("max by (instance) (rearm_graph_builder_checkpoint_age_seconds)", "checkpoint {{instance}}"), ("min(rearm_graph_builder_snapshot_age_seconds)", "snapshot")]),
        ("Time of a checkpoint and of a snapshot; bytes", "s", [
            (f"histogram_quantile(0.99, sum by (le) (rate(rearm_graph_builder_{what}_duration_seconds_bucket[$__rate_interval])))", f"{what} p99") for what in ("checkpoint", "snapshot")] + [
            ("sum(rate(rearm_graph_builder_checkpoint_size_bytes_total[$__rate_interval]))", "checkpoint bytes/s")]),
    ]),
    ("Experiment and clicks", [
        ("Clicks by items shown, since the first; 95%", "percentunit", [
            (f"max by (generation, arm) (rearm_graph_builder_impressions_rate{end})", f"{{{{generation}}}} {{{{arm}}}}{legend}")
            for end, legend in (("", ""), ("_low", " at least"), ("_high", " at most"))]),
        ("Clicks by items shown, of late", "percentunit", [
            ("sum by (generation, arm) (rate(rearm_graph_builder_impressions_clicks_total[$__rate_interval])) / "
             "sum by (generation, arm) (rate(rearm_graph_builder_impressions_shown_total[$__rate_interval]))", "{{generation}} {{arm}}")]),
        ("Answers shown", "cps", [("sum by (generation, arm) (rate(rearm_graph_builder_impressions_lists_total[$__rate_interval]))", "{{generation}} {{arm}}")]),
        ("Impressions sent; forgotten", "cps", rate("rearm_server_impressions_total", "outcome") + [
            ("sum(rate(rearm_graph_builder_impressions_forgotten_total[$__rate_interval]))", "forgotten")]),
    ]),
    ("Processes", [
        ("Up", "none", [("sum by (job) (up{job=~\"ingestor|graph-builder|trainer|server\"})", "{{job}}")]),
        ("Memory", "bytes", [("sum by (job, instance) (dotnet_process_memory_working_set_bytes)", "{{job}} {{instance}}")]),
        ("Processors in use", "short", [("sum by (job, instance) (rate(dotnet_process_cpu_time_seconds_total[$__rate_interval]))", "{{job}} {{instance}}")]),
    ]),
]

panels = []
y = 0
for row, content in ROWS:
    panels.append({"type": "row", "title": row, "collapsed": False, "gridPos": {"x": 0, "y": y, "w": 24, "h": 1}, "panels": []})
    y += 1
    for n, (title, unit, queries) in enumerate(content):
        panels.append({
            "type": "timeseries",
            "title": title,
            "datasource": SOURCE,
            "gridPos": {"x": n % 3 * 8, "y": y + n // 3 * 7, "w": 8, "h": 7},
            "fieldConfig": {"defaults": {"unit": unit, "custom": {"fillOpacity": 10, "showPoints": "never"}}, "overrides": []},
            "options": {"legend": {"displayMode": "list", "placement": "bottom"}, "tooltip": {"mode": "multi"}},
            "targets": [{"refId": "ABCDEF"[i], "datasource": SOURCE, "expr": query, "legendFormat": legend} for i, (query, legend) in enumerate(queries)],
        })
    y += (len(content) + 2) // 3 * 7

for number, panel in enumerate(panels, 1):
    panel["id"] = number

print(json.dumps({
    "uid": "rearm",
    "title": "Rearm.Streaming",
    "tags": ["rearm"],
    "schemaVersion": 39,
    "editable": True,
    "refresh": "30s",
    "time": {"from": "now-6h", "to": "now"},
    "templating": {"list": [{"name": "source", "label": "Prometheus", "type": "datasource", "query": "prometheus", "current": {"text": "Prometheus", "value": "prometheus"}}]},
    "panels": panels,
}, indent=1))
