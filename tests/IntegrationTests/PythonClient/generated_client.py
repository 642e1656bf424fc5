"""Asks the Server through code generated from our .proto files; prints what it got as JSON."""
import json
import sys

import grpc
from rearm.v1 import recommender_pb2, recommender_pb2_grpc

channel = grpc.insecure_channel(sys.argv[1])
recommender = recommender_pb2_grpc.RecommenderStub(channel)

answer = recommender.Recommend(recommender_pb2.RecommendRequest(user_id="east", k=2), timeout=20)
similar = recommender.SimilarItems(recommender_pb2.SimilarItemsRequest(item_id="a", k=1), timeout=20)
status = recommender.GetStatus(recommender_pb2.GetStatusRequest(), timeout=20)
try:
    recommender.Recommend(recommender_pb2.RecommendRequest(user_id="east", k=1001), timeout=20)
    refusal = None
except grpc.RpcError as error:
    refusal = [error.code().name, error.details()]

print(json.dumps({
    "items": [item.item_id for item in answer.items],
    "source": recommender_pb2.Source.Name(answer.source),
    "generation": answer.generation.number,
    "similar": [item.item_id for item in similar.items],
    "dimension": status.dimension,
    "refusal": refusal,
}))
