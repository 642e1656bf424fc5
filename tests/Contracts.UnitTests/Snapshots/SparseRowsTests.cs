using Rearm.Streaming.Contracts.Snapshots;

namespace Rearm.Streaming.Contracts.UnitTests.Snapshots;

public class SparseRowsTests
{
    [Fact]
    public void SparseRows_ArraysThatDoNotFit_AreRefused()
    {
        Assert.Throws<ContractException>(() => new SparseRows([], [], []));
        Assert.Throws<ContractException>(() => new SparseRows([0, 1], [0, 1], [1, 1]));
        Assert.Throws<ContractException>(() => new SparseRows([0, 1], [0], [1, 1]));
        Assert.Throws<ContractException>(() => new SparseRows([1, 1], [0], [1]));
        Assert.Throws<ContractException>(() => new SparseRows([0, 2, 1, 2], [0, 1], [1, 1]));
    }

    [Fact]
    public void RowColumns_Row_IsItsSlice()
    {
        var rows = new SparseRows([0, 2, 2, 3], [4, 5, 6], [1, 2, 3]);
        Assert.Equal([4, 5], rows.RowColumns(0).ToArray());
        Assert.Equal([], rows.RowColumns(1).ToArray());
        Assert.Equal([3f], rows.RowValues(2).ToArray());
    }
}
