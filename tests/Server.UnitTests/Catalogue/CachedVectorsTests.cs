using Rearm.Streaming.Contracts.Generations;
using Rearm.Streaming.Server.Catalogue;
using Rearm.Streaming.Testing;

namespace Rearm.Streaming.Server.UnitTests.Catalogue;

public class CachedVectorsTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(64)]
    [InlineData(1001)]
    public void Keep_MoreThanItHolds_StaysBoundedAndNeverGivesAnotherUsers(int capacity)
    {
        var cache = new CachedVectors(capacity);
        for (var user = 0; user < 5 * capacity; user++)
            cache.Keep($"u{user}", BitConverter.GetBytes(user));

        var found = Enumerable.Range(0, 5 * capacity).Where(user => cache.Find($"u{user}") is not null).ToList();

        Assert.InRange(found.Count, 1, capacity);
        Assert.All(found, user => Assert.Equal(BitConverter.GetBytes(user), cache.Find($"u{user}")));
        Assert.Contains(5 * capacity - 1, found);
    }

    [Fact]
    public void Keep_UserThatKeepsComing_OutlivesThoseWhoComeOnce()
    {
        var cache = new CachedVectors(8);
        for (var user = 0; user < 1000; user++)
        {
            cache.Keep("regular", [1]);
            cache.Keep($"u{user}", [2]);
        }
        Assert.Equal([1], cache.Find("regular"));
    }

    [Fact]
    public void Keep_NoneAllowed_KeepsNone()
    {
        var cache = new CachedVectors(0);
        cache.Keep("u", [1]);
        Assert.Null(cache.Find("u"));
    }

    [Fact]
    public void Keep_WhatIsThere_AllocatesNothing()
    {
        var cache = new CachedVectors(100);
        byte[] vector = [1];
        Assert.Equal(0, Allocations.Of(() => cache.Keep("u", vector)));
    }

    [Fact]
    public void Keep_AsManyAsItHolds_TakesWhatOperationsSays()
    {
        const int Users = 10_000;
        const int Width = 192;
        string[] ids = [.. Enumerable.Range(0, Users).Select(user => $"u{user}")];
        var bytes = Allocations.Of(() =>
        {
            var cache = new CachedVectors(Users);
            foreach (var id in ids)
                cache.Keep(id, new byte[UserVectorCodec.Length(Width, VectorPrecision.Half)]);
        });

        Assert.Equal(76 + 2 * Width, bytes / Users);
    }

    [Fact]
    public void Keep_ManyThreads_NeverGivesAnotherUsers()
    {
        var cache = new CachedVectors(64);
        Parallel.For(0, 20_000, i =>
        {
            var user = i % 500;
            cache.Keep($"u{user}", BitConverter.GetBytes(user));
            if (cache.Find($"u{user}") is { } vector)
                Assert.Equal(BitConverter.GetBytes(user), vector);
        });
    }
}
