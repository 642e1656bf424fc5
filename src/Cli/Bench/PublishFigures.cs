using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Rearm.Streaming.Contracts.Generations;
using Rearm.Streaming.Storage.Generations;
using Rearm.Streaming.Storage.Live;
using Rearm.Streaming.Storage.Redis;
using StackExchange.Redis;

namespace Rearm.Streaming.Cli.Bench;

/// <summary>What it costs to publish the users of a generation, to keep them in Redis, to read one, and to let an older generation's expire.</summary>
internal sealed class PublishFigures(Figures figures, RedisConnection redis, int rounds)
{
    private const int Million = 1_000_000;
    private const int ReadsOfARound = 2000;
    private const int Touched = 20;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Measures one size. What is written expires within minutes.</summary>
    /// <param name="users">How many.</param>
    /// <param name="width">Numbers in a vector.</param>
    /// <param name="precision">How they are stored.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    public async Task MeasureAsync(int users, int width, VectorPrecision precision, CancellationToken cancellationToken)
    {
        var name = $"publish.{users}.{(precision == VectorPrecision.Half ? "half" : "single")}";
        var publisher = new GenerationPublisher(redis, keep: 1, TimeProvider.System, NullLogger<GenerationPublisher>.Instance, precision: precision);
        figures.Begin("Making a generation");
        var generation = RandomGeneration.Create(1, users, width, seed: 1);
        var before = await UsedAsync(cancellationToken);
        var time = new CpuTime();
        var number = await publisher.PublishAsync(generation, cancellationToken, figures.Progress);
        var (perMillion, cpuPerMillion) = (time.Seconds * Million / users, time.CpuSeconds * Million / users);
        figures.Add($"{name}.seconds_per_million", perMillion, $"s until a generation with a million users is served, {width} numbers each");
        figures.Add($"{name}.cpu_seconds_per_million", cpuPerMillion, "processor seconds of the publisher");
        if (before is not null && await UsedAsync(cancellationToken) is { } after)
            figures.Add($"{name}.bytes_per_user", (after - before.Value) / users, $"bytes of Redis; {UserVectorCodec.Length(width, precision)} are the vector");
        await ReadAsync(name, number, generation.UserIds, cancellationToken);
        figures.Begin("Letting the users expire");
        time = new();
        await publisher.PublishAsync(RandomGeneration.Create(1, 1, width, seed: 2), cancellationToken);
        var expirePerMillion = time.Seconds * Million / users;
        figures.Add($"{name}.expire_seconds_per_million", expirePerMillion, "s to let them expire, after another one is served");
        foreach (var (group, seconds) in new[]
        {
            ("publishing", perMillion), ("of it the publisher's processor time", cpuPerMillion), ("letting them expire", expirePerMillion),
        })
            figures.Bar("seconds for a million users", group, $"{width} numbers", seconds);
    }

    private async Task ReadAsync(string name, long number, string[] users, CancellationToken cancellationToken)
    {
        var reader = new UserReader(redis, new RedisPatience(redis, Patience));
        var random = new Random(1);
        var asked = Enumerable.Range(0, ReadsOfARound).Select(_ => users[random.Next(users.Length)]).ToArray();
        HashEntry[] history = [.. Enumerable.Range(0, Touched).Select(i => new HashEntry($"item-{i}", HistoryCodec.Write(new("", 1_700_000_000_000 + i, false))))];
        await Task.WhenAll(asked.Distinct().Select(user => redis.Database.HashSetAsync(redis.Keys.User(user), history))).WaitAsync(cancellationToken);
        var (alone, both) = (new double[rounds], new double[rounds]);
        var read = figures.Begin("Reading users", "rounds", rounds);
        for (var round = 0; round < rounds; round++)
        {
            alone[round] = await RoundAsync(null);
            both[round] = await RoundAsync(number);
            read?.Report(round + 1);
        }
        await Task.WhenAll(asked.Distinct().Select(user => redis.Database.KeyDeleteAsync(redis.Keys.User(user)))).WaitAsync(cancellationToken);
        Array.Sort(alone);
        Array.Sort(both);
        figures.Add($"{name}.read_history_ms", alone[rounds / 2], $"ms to read a user's {Touched} items, one user at a time");
        figures.Add($"{name}.read_user_ms", both[rounds / 2], "ms to read them and the vector");
        figures.Bar("ms to read a user", $"{Touched} items touched", "one at a time", alone[rounds / 2]);
        figures.Bar("ms to read a user", "those and the vector", "one at a time", both[rounds / 2]);

        async Task<double> RoundAsync(long? generation)
        {
            var time = new CpuTime();
            foreach (var user in asked)
                _ = await reader.ReadAsync(user, generation, cancellationToken);
            return time.Seconds * 1000 / asked.Length;
        }
    }

    private async Task<double?> UsedAsync(CancellationToken cancellationToken)
    {
        const string Field = "used_memory:";
        try
        {
            var answer = (string?)await redis.Database.ExecuteAsync("INFO", "memory").WaitAsync(cancellationToken) ?? "";
            var line = answer.Split('\n').FirstOrDefault(l => l.StartsWith(Field, StringComparison.Ordinal));
            return line is null ? null : double.Parse(line.AsSpan(Field.Length), CultureInfo.InvariantCulture);
        }
        catch (RedisServerException)
        {
            return null;
        }
    }
}
