using FsCheck;
using FsCheck.Fluent;
using Rearm.Streaming.Server.Catalogue;

namespace Rearm.Streaming.Server.UnitTests.Catalogue;

public class ItemSetTests
{
    [Fact]
    public void AddRemove_AnySequence_IsTheSameAsASortedSet() => Prop.ForAll(
        Gen.Choose(-200, 200).ListOf().ToArbitrary(),
        moves =>
        {
            var expected = new SortedSet<int>();
            var words = new ulong[ItemSet.WordsFor(201)];
            var set = new ItemSet(words);
            foreach (var move in moves)
            {
                if (move >= 0)
                {
                    set.Add(move);
                    expected.Add(move);
                }
                else
                {
                    set.Remove(-move);
                    expected.Remove(-move);
                }
            }
            var rows = new List<int>();
            foreach (var row in ItemSet.Rows(words))
                rows.Add(row);
            return rows.SequenceEqual(expected) && Enumerable.Range(0, 201).All(row => ItemSet.Contains(words, row) == expected.Contains(row));
        }).QuickCheckThrowOnFailure();
}
