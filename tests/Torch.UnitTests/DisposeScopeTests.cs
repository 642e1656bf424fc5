using TorchSharp;
using static TorchSharp.torch;

namespace Rearm.Streaming.Torch.UnitTests;

public class DisposeScopeTests
{
    [Fact]
    public void Scope_Disposed_DisposesWhatWasMadeInIt()
    {
        var before = Tensor.TotalCount;
        Tensor kept, moved, inner;
        using (var outer = NewDisposeScope())
        {
            using (var scope = NewDisposeScope())
            {
                inner = ones(1) + ones(1);
                moved = ones(1).MoveToOuterDisposeScope();
                kept = scope.Detach(ones(1));
                Assert.Equal(3, scope.DisposablesCount);
            }
            Assert.True(inner.IsInvalid);
            Assert.False(moved.IsInvalid);
            Assert.True(outer.Contains(moved));
        }
        Assert.True(moved.IsInvalid);
        Assert.False(kept.IsInvalid);
        kept.Dispose();
        Assert.Equal(before, Tensor.TotalCount);
        Assert.True(Tensor.PeakCount >= before + 3);
    }

    [Fact]
    public void Scope_DisposeEverythingBut_KeepsThese()
    {
        using var scope = NewDisposeScope();
        var (a, b) = (ones(1), ones(1));
        scope.DisposeEverythingBut(b);
        Assert.True(a.IsInvalid);
        Assert.False(b.IsInvalid);
        Assert.Equal(1, scope.DisposablesCount);
    }

    [Fact]
    public void Tensor_DisposedByHand_LeavesItsScope()
    {
        using var scope = NewDisposeScope();
        var x = ones(1);
        x.Dispose();
        Assert.Equal(0, scope.DisposablesCount);
    }

    [Fact]
    public void Scope_OfAnotherThread_TakesNothingFromThisOne()
    {
        using var scope = NewDisposeScope();
        Tensor? made = null;
        var thread = new Thread(() => made = ones(1));
        thread.Start();
        thread.Join();
        Assert.Equal(0, scope.DisposablesCount);
        made!.Dispose();
    }

    [Fact]
    public void Parameter_TakesTheTensorsPlaceInItsScope()
    {
        using var scope = NewDisposeScope();
        var data = ones(2);
        var parameter = nn.Parameter(data);
        Assert.True(data.IsInvalid);
        Assert.True(scope.Contains(parameter));
        Assert.True(parameter.requires_grad);
    }

    [Fact]
    public void Tensors_Forgotten_AreFreedByTheCollector()
    {
        var before = Tensor.TotalCount;
        MakeAndForget();
        var deadline = DateTime.UtcNow.AddSeconds(10);
        while (Tensor.TotalCount > before && DateTime.UtcNow < deadline)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
        Assert.True(Tensor.TotalCount <= before);
    }

    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
    private static void MakeAndForget()
    {
        for (var i = 0; i < 10; i++)
            ones(1);
    }

    [Fact]
    public async Task Counters_UnderManyThreads_EndWhereTheyBegan()
    {
        var before = Tensor.TotalCount;
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() =>
        {
            for (var i = 0; i < 500; i++)
            {
                using var scope = NewDisposeScope();
                var x = ones(4);
                (x + x).sum().ToSingle();
            }
        })));
        Assert.Equal(before, Tensor.TotalCount);
    }
}
