using Rearm.Streaming.Contracts.Snapshots;
using Rearm.Streaming.GraphBuilder.State;

namespace Rearm.Streaming.GraphBuilder.UnitTests.State;

public class ModalityWidthsTests
{
    private readonly ModalityWidths _widths = new();

    [Fact]
    public void InUse_MoreNamesThanAShopMayHave_AreThoseWithMostItems()
    {
        for (var m = 0; m < ModalityWidths.MaxModalities; m++)
            for (var n = 0; n < 2; n++)
                _widths.Replace(ItemState.Undescribed, With($"m{m:00}"));
        _widths.Replace(ItemState.Undescribed, With("a-slip"));

        Assert.Equal(Enumerable.Range(0, 32).Select(m => $"m{m:00}"), _widths.InUse.Select(m => m.Name));
        Assert.Equal(["a-slip"], _widths.Unused);
    }

    [Fact]
    public void InUse_ItemsUnavailable_HaveNoSay()
    {
        _widths.Replace(ItemState.Undescribed, With("image", 2) with { Available = false });
        _widths.Replace(ItemState.Undescribed, With("image", 2) with { Deleted = true });
        Assert.Empty(_widths.InUse);
        _widths.Replace(ItemState.Undescribed, With("image", 1));
        Assert.Equal(new Modality("image", 1, 1, 0), Assert.Single(_widths.InUse));
    }

    private static ItemState With(string modality, int width = 1) => new() { Time = 1, Features = [new(modality, ItemVector.Exact(new float[width]))] };
}
