"""Describes an item, sends a click and one that breaks a rule, and asks for a user's recommendations.

    cd samples/python
    pip install -r requirements.txt
    python -m grpc_tools.protoc -I ../../src/Contracts/Protos --python_out=. --grpc_python_out=. \
        rearm/v1/events.proto rearm/v1/ingestion.proto rearm/v1/recommender.proto
    python shop.py ada
"""
import os
import sys
import uuid

import grpc
from rearm.v1 import events_pb2, ingestion_pb2, ingestion_pb2_grpc, recommender_pb2, recommender_pb2_grpc

user = sys.argv[1] if len(sys.argv) > 1 else "ada"
ingestion = ingestion_pb2_grpc.IngestionStub(grpc.insecure_channel(os.environ.get("REARM_INGESTOR", "127.0.0.1:7001")))
recommender = recommender_pb2_grpc.RecommenderStub(grpc.insecure_channel(os.environ.get("REARM_SERVER", "127.0.0.1:7031")))
key = os.environ.get("REARM_API_KEY")
metadata = [("x-api-key", key)] if key else None


def new_id():
    """The id makes sending an event again harmless: choose it where the event happens, and keep it with the event."""
    return str(uuid.uuid4())


def now(message):
    """Sets the event's time."""
    message.time.GetCurrentTime()
    return message


events = {
    "red-canoe": ingestion_pb2.Event(
        item=now(events_pb2.Item(event_id=new_id(), item_id="red-canoe", categories=["Camping"], attributes={"title": "Red canoe"}))),
    "click": ingestion_pb2.Event(interaction=now(events_pb2.Interaction(event_id=new_id(), user_id=user, item_id="red-canoe", type="click"))),
    "click of nobody": ingestion_pb2.Event(interaction=now(events_pb2.Interaction(event_id=new_id(), item_id="red-canoe", type="click"))),
}
# One result per event, in order.
results = ingestion.Ingest(ingestion_pb2.IngestRequest(events=events.values()), metadata=metadata, timeout=30).results
for what, result in zip(events, results):
    status = ingestion_pb2.EventResult.Status.Name(result.status)
    print(f"{what}: {status}" + (f", {result.field} {result.reason}" if result.reason else ""))

# The attributes come along, for a page to be made of one answer.
answer = recommender.Recommend(recommender_pb2.RecommendRequest(user_id=user, k=5, attributes=["title"]), metadata=metadata, timeout=10)
print(f"for {user}, {recommender_pb2.Source.Name(answer.source)}, generation {answer.generation.number}:")
for item in answer.items:
    print(f"  {item.attributes.get('title', item.item_id)} {item.score:.7g}")
