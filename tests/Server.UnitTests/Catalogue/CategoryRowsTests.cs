using Rearm.Streaming.Server.Catalogue;

namespace Rearm.Streaming.Server.UnitTests.Catalogue;

public class CategoryRowsTests
{
    [Theory]
    [InlineData(0, 20)]
    [InlineData(3000, 1)]
    [InlineData(3000, 500)]
    public void With_RowsThatComeAndGo_HasWhatIsThereAndLeavesTheOthersAsTheyWere(int rows, int together)
    {
        var random = new Random(rows + together);
        var expected = Enumerable.Range(0, rows).ToHashSet();
        CategoryRows category = rows == 0 ? default : new([.. expected]);
        for (var step = 0; step < 300; step++)
        {
            int[] moved = [.. Enumerable.Range(0, together).Select(_ => random.Next(4000)).Distinct()];
            int[] gone = [.. moved.Where(expected.Contains)];
            int[] come = [.. moved.Except(gone)];
            var (before, had) = (category, expected.Count);
            expected.ExceptWith(gone);
            expected.UnionWith(come);

            category = category.With(come, gone);

            Assert.Equal(expected.Order(), Rows(category).Order());
            Assert.Equal((expected.Count, had), (category.Count, Rows(before).Count));
        }
    }

    private static List<int> Rows(CategoryRows category)
    {
        var rows = new List<int>();
        foreach (var row in category)
            rows.Add(row);
        return rows;
    }
}
