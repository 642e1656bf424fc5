using Rearm.Streaming.Testing.Shops;

namespace Rearm.Streaming.GraphBuilder.UnitTests;

/// <summary>What a reader may see of a log: records of one key in their order, those of others anywhere between; some twice, when a producer got no answer and retried.</summary>
internal static class Delivery
{
    public static List<ShopRecord> Of(IReadOnlyList<ShopRecord> records, int seed)
    {
        var random = new Random(seed);
        var queues = records.GroupBy(r => (r.IsItem, r.Key)).Select(g => new Queue<ShopRecord>(g)).ToList();
        var delivered = new List<ShopRecord>(records.Count * 2);
        while (queues.Count > 0)
        {
            var queue = random.Next(queues.Count);
            var record = queues[queue].Dequeue();
            delivered.Add(record);
            if (random.Next(3) == 0)
                delivered.Add(record);
            if (queues[queue].Count == 0)
                queues.RemoveAt(queue);
        }
        return delivered;
    }
}
