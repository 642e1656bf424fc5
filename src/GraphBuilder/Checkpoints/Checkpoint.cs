using Confluent.Kafka;
using Rearm.Streaming.GraphBuilder.State;

namespace Rearm.Streaming.GraphBuilder.Checkpoints;

/// <summary>The state, and for each partition the next record to read: the two belong together.</summary>
internal sealed record Checkpoint(GraphState State, IReadOnlyDictionary<TopicPartition, long> Offsets);
