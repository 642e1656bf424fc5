using System.Collections.Immutable;
using Google.Protobuf;
using Microsoft.Extensions.Logging.Abstractions;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.Server.Catalogue;
using Rearm.Streaming.Server.UnitTests.Ranking;

namespace Rearm.Streaming.Server.UnitTests.Catalogue;

public class CatalogueViewTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void After_RandomChanges_IsWhatMakingItAnewGives(int seed)
    {
        var random = new Random(seed);
        var generation = SmallGeneration.WithCategories(40, random);
        var live = Live();
        var view = CatalogueView.Of(generation, live, 1);
        for (var step = 0; step < 300; step++)
        {
            var version = live.Version;
            // Now and then all of it goes.
            string[] ids = step % 100 == 99
                ? [.. live.All.Select(i => i.Key)]
                : [.. Enumerable.Range(0, random.Next(6)).Select(_ => random.Next(2) == 0 ? $"i{random.Next(40)}" : $"n{random.Next(30)}")];
            foreach (var id in ids)
                live.Apply(new(id, step % 100 == 99 || random.Next(4) == 0 ? null : Entry(random).ToByteArray()));

            view = view.After(live.ChangedSince(version)!, generation, live, 1);

            Assert.Equal(Content(CatalogueView.Of(generation, live, 1)), Content(view));
        }
    }

    [Fact]
    public void After_NewItemsUnchanged_SharesThem()
    {
        var random = new Random(1);
        var generation = SmallGeneration.WithCategories(40, random);
        var live = Live();
        for (var n = 0; n < 10; n++)
            live.Apply(new($"n{n}", Entry(random).ToByteArray()));
        var view = CatalogueView.Of(generation, live, 1);
        var version = live.Version;
        live.Apply(new("i1", Entry(random).ToByteArray()));
        Assert.Same(view.New, view.After(live.ChangedSince(version)!, generation, live, 1).New);

        version = live.Version;
        live.Apply(new("n3", Entry(random).ToByteArray()));
        var after = view.After(live.ChangedSince(version)!, generation, live, 1);
        Assert.True(view.New.TryGet("n4", out var before) && after.New.TryGet("n4", out var row) && view.New.Vector(before) == after.New.Vector(row));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void RecommendableAfter_RandomChanges_IsWhatMakingItAnewGives(bool isKnown)
    {
        var random = new Random(4);
        var generation = SmallGeneration.WithCategories(100, random);
        var state = ServingState.Of(generation, null, LiveRestrictions.None with { IsKnown = isKnown }, "");
        for (var step = 0; step < 200; step++)
        {
            var hidden = state.Live.HiddenItems;
            string[] changed = [.. Enumerable.Range(0, random.Next(4)).Select(_ => $"i{random.Next(110)}").Distinct()];
            foreach (var id in changed)
                hidden = hidden.SymmetricExcept([id]);
            // Whether anything is known changes rarely, and then all of it does.
            var live = new LiveRestrictions(step % 50 == 49 ? !state.Live.IsKnown : state.Live.IsKnown, hidden, []);

            var rows = state.RecommendableAfter(changed, live);

            Assert.Equal(ServingState.Of(generation, null, live, "").Recommendable, rows);
            state = new(generation, rows, null, live, "");
        }
    }

    private static LiveItems Live() => new(null!, TimeProvider.System, NullLogger<LiveItems>.Instance);

    private static CatalogueItem Entry(Random random)
    {
        var item = new CatalogueItem { Categories = { SmallGeneration.Categories(random) } };
        for (var n = random.Next(3); n > 0; n--)
        {
            item.NeighborIds.Add($"i{random.Next(50)}");
            item.NeighborCosines.Add(random.NextSingle() - 0.2f);
        }
        return item;
    }

    private static string Content(CatalogueView view)
    {
        var lines = (view.ItemsOfCategory ?? ImmutableDictionary<string, CategoryRows>.Empty).OrderBy(c => c.Key, StringComparer.Ordinal).Select(c =>
        {
            var rows = new List<int>();
            foreach (var row in c.Value)
                rows.Add(row);
            Assert.Equal(c.Value.Count, rows.Count);
            return $"{c.Key}: {string.Join(' ', rows.Order())}";
        }).Append($"described: {string.Join(' ', view.Described)}");
        for (var row = 0; row < view.New.Count; row++)
        {
            Assert.True(view.New.TryGet(view.New.Id(row), out var found) && found == row);
            lines = lines.Append($"{view.New.Id(row)}: {string.Join(' ', view.New.Categories(row))} "
                + (row < view.New.WithVector ? string.Join(' ', view.New.Vector(row).ToArray()) : "-"));
        }
        return string.Join('\n', lines);
    }
}
