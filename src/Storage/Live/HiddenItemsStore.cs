using System.Globalization;
using System.Runtime.CompilerServices;
using Rearm.Streaming.Storage.Redis;
using StackExchange.Redis;

namespace Rearm.Streaming.Storage.Live;

/// <summary>
/// The items that must not be recommended now: a set of them, its newest changes by their numbers, and a head that says which these are. Set, changes and head
/// change in one transaction, and are in one slot of a Redis Cluster. Numbers have no gaps, so whoever follows the changes knows at once
/// whether some are missing, and then reads the set. One process writes. Calls throw <see cref="RedisException"/> or
/// <see cref="TimeoutException"/> while Redis does not answer.
/// </summary>
/// <param name="redis">Where they are.</param>
public sealed class HiddenItemsStore(RedisConnection redis)
{
    /// <summary>Changes of one transaction at most.</summary>
    public const int ChangesTogether = 500;

    /// <summary>Changes that stay on record; who has missed more reads the set, which costs about as much.</summary>
    public const int ChangesKept = 10_000;

    private const int ItemsPerAnswer = 1000;

    /// <summary>The head; null if there is none, or what is there is none.</summary>
    public async Task<HiddenItemsHead?> ReadHeadAsync(CancellationToken cancellationToken) =>
        HiddenItemsHead.Parse(await redis.Database.StringGetAsync(redis.Keys.HiddenItemsHead).WaitAsync(cancellationToken));

    /// <summary>All items that are hidden; one may come twice, and one that changes meanwhile may come or not.</summary>
    public async IAsyncEnumerable<string> ReadAllAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var cursor = "0";
        do
        {
            var scan = redis.Database.ExecuteAsync("SSCAN", (RedisKey)redis.Keys.HiddenItems, cursor, "COUNT", ItemsPerAnswer);
            var answer = (RedisResult[])(await scan.WaitAsync(cancellationToken))!;
            cursor = (string)answer[0]!;
            foreach (var item in (RedisResult[])answer[1]!)
                yield return (string)item!;
        }
        while (cursor != "0");
    }

    /// <summary>What lies between two heads of an epoch, in order.</summary>
    /// <returns>Null: it is not on record, or not all of it any more.</returns>
    public async Task<IReadOnlyList<HiddenItem>?> ReadChangesAsync(HiddenItemsHead after, HiddenItemsHead upTo, CancellationToken cancellationToken)
    {
        if (after.Epoch != upTo.Epoch || after.Number < upTo.Since || after.Number > upTo.Number)
            return null;
        var reading = redis.Database.SortedSetRangeByScoreAsync(redis.Keys.HiddenItemsChanges, after.Number, upTo.Number, Exclude.Start);
        var found = await reading.WaitAsync(cancellationToken);
        return found.Length == upTo.Number - after.Number ? Array.ConvertAll(found, ReadChange) : null;
    }

    /// <summary>Begins an epoch, of which no change is on record: after this, readers read the set.</summary>
    public async Task<HiddenItemsHead> BeginAsync(CancellationToken cancellationToken)
    {
        var head = new HiddenItemsHead((ulong)Random.Shared.NextInt64(), 0, 0);
        var transaction = redis.Database.CreateTransaction();
        _ = transaction.KeyDeleteAsync(redis.Keys.HiddenItemsChanges);
        _ = transaction.StringSetAsync(redis.Keys.HiddenItemsHead, head.ToString());
        await transaction.ExecuteAsync().WaitAsync(cancellationToken);
        return head;
    }

    /// <summary>Writes changes, and puts them on record.</summary>
    /// <param name="changes">At most <see cref="ChangesTogether"/>.</param>
    /// <param name="head">The head before.</param>
    /// <param name="cancellationToken">Gives up waiting. Whether they were written is not known then: begin an epoch, and write them again.</param>
    /// <returns>The head then.</returns>
    public async Task<HiddenItemsHead> WriteAsync(IReadOnlyList<HiddenItem> changes, HiddenItemsHead head, CancellationToken cancellationToken)
    {
        var number = head.Number + changes.Count;
        var next = head with { Since = Math.Max(head.Since, number - ChangesKept), Number = number };
        var transaction = redis.Database.CreateTransaction();
        Write(transaction, changes);
        var numbered = changes.Select((change, i) => (Change: change, Number: head.Number + i + 1));
        _ = transaction.SortedSetAddAsync(
            redis.Keys.HiddenItemsChanges, [.. numbered.Select(n => new SortedSetEntry(WriteChange(n.Change, n.Number), n.Number))]);
        if (next.Since > head.Since)
            _ = transaction.SortedSetRemoveRangeByScoreAsync(redis.Keys.HiddenItemsChanges, double.NegativeInfinity, next.Since);
        _ = transaction.StringSetAsync(redis.Keys.HiddenItemsHead, next.ToString());
        await transaction.ExecuteAsync().WaitAsync(cancellationToken);
        return next;
    }

    /// <summary>Writes changes that no reader needs to hear of, because an epoch begins afterwards.</summary>
    /// <param name="changes">At most <see cref="ChangesTogether"/>.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public async Task WriteAsync(IReadOnlyList<HiddenItem> changes, CancellationToken cancellationToken)
    {
        var transaction = redis.Database.CreateTransaction();
        Write(transaction, changes);
        await transaction.ExecuteAsync().WaitAsync(cancellationToken);
    }

    private void Write(ITransaction transaction, IReadOnlyList<HiddenItem> changes)
    {
        // The last change of an item is the one that counts.
        var items = changes.GroupBy(c => c.ItemId, (id, all) => new HiddenItem(id, all.Last().IsHidden)).ToLookup(c => c.IsHidden, c => (RedisValue)c.ItemId);
        if (items[true].Any())
            _ = transaction.SetAddAsync(redis.Keys.HiddenItems, [.. items[true]]);
        if (items[false].Any())
            _ = transaction.SetRemoveAsync(redis.Keys.HiddenItems, [.. items[false]]);
    }

    // The number makes members of one item differ; no number has a + or -.
    private static RedisValue WriteChange(HiddenItem change, long number) =>
        string.Create(CultureInfo.InvariantCulture, $"{number}{(change.IsHidden ? '+' : '-')}{change.ItemId}");

    private static HiddenItem ReadChange(RedisValue value)
    {
        var text = value.ToString();
        var sign = text.AsSpan().IndexOfAny('+', '-');
        return new(text[(sign + 1)..], sign >= 0 && text[sign] == '+');
    }
}
