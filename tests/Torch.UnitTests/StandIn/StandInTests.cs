using System.Runtime.InteropServices;
using TorchSharp;
using TorchSharp.Modules;
using static Rearm.Streaming.Torch.UnitTests.Numbers;
using static TorchSharp.torch;

namespace Rearm.Streaming.Torch.UnitTests;

/// <summary>What the stand-in does beyond what TorchSharp promises; left out with -p:OfficialPackages=true.</summary>
public class StandInTests
{
    [Fact]
    public void Operator_OnWrongShapes_NamesItself()
    {
        using var scope = NewDisposeScope();
        var error = Assert.Throws<ExternalException>(() => ones(2, 3).mm(ones(2, 3)));
        Assert.Contains("mm", error.Message);
        Assert.Contains("2x3", error.Message);
        Assert.Contains("cat", Assert.Throws<ExternalException>(() => cat([ones(2, 3), ones(3, 2)])).Message);
        Assert.Contains("item", Assert.Throws<ExternalException>(() => ones(2).ToScalar()).Message);
    }

    [Fact]
    public void Module_MadeInAScope_OutlivesItUntilDisposed()
    {
        var before = Tensor.TotalCount;
        Linear layer;
        using (NewDisposeScope())
            layer = nn.Linear(2, 3);
        Assert.All(layer.parameters(), p => Assert.False(p.IsInvalid));
        layer.Dispose();
        Assert.Equal(before, Tensor.TotalCount);
    }

    [Fact]
    public void Coalesce_AddsUpRepeatedCoordinates()
    {
        using var scope = NewDisposeScope();
        var sparse = sparse_coo_tensor(tensor(new long[,] { { 0, 1, 0 }, { 1, 0, 1 } }), Vector(1, 2, 3), [2, 2]);
        AssertClose([4, 2], sparse.Coalesce().SparseValues);
    }

    [Fact]
    public void Operator_OfAnUnknownName_IsNamed()
        => Assert.Contains("no operator aten::frobnicate", Assert.Throws<ExternalException>(() => TorchSharp.Interop.Aten.Call("frobnicate")).Message);

    [Fact]
    public void Operator_WithTooFewArguments_NamesTheOneThatIsMissing()
    {
        using var x = ones(1);
        Assert.Contains("'mat2'", Assert.Throws<ExternalException>(() => TorchSharp.Interop.Aten.Call("mm", x)).Message);
    }

    [Fact]
    public void Cat_OfManyTensors_TakesThemAll()
    {
        using var scope = NewDisposeScope();
        Assert.Equal(1000, cat(Enumerable.Range(0, 1000).Select(_ => ones(1)).ToList()).numel());
    }

    [Fact]
    public void Load_OfRubbish_IsRefused()
        => Assert.Throws<InvalidDataException>(() => Tensor.Load(new MemoryStream([99, 99, 99, 99])));
}
