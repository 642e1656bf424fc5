using System.Runtime.InteropServices;
using TorchSharp;
using static Rearm.Streaming.Torch.UnitTests.Numbers;
using static TorchSharp.torch;

namespace Rearm.Streaming.Torch.UnitTests;

public class TensorTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void Tensor_OfAnArray_HasItsShapeTypeAndElements()
    {
        var matrix = tensor(new float[] { 1, 2, 3, 4, 5, 6 }, [2, 3]);
        Assert.Equal([2, 3], matrix.shape);
        Assert.Equal(ScalarType.Float32, matrix.dtype);
        Assert.Equal(DeviceType.CPU, matrix.device_type);
        Assert.Equal([1f, 2, 3, 4, 5, 6], matrix.data<float>().ToArray());
        Assert.Equal([1f, 4, 2, 5, 3, 6], matrix.t().data<float>().ToArray());
        Assert.Equal([3, 1], matrix.stride());
        Assert.Equal(24, matrix.bytes.Length);
        Assert.Equal(6f, matrix.data<float>()[1, 2]);
        Assert.Equal(4f, matrix.data<float>()[3]);
        Assert.Equal("[2x3], type = Float32, device = cpu", matrix.ToString());
    }

    [Fact]
    public void Tensor_OfTheWrongNumberOfElements_IsRefused()
        => Assert.Throws<ArgumentException>(() => tensor(new float[] { 1, 2, 3 }, [2, 2]));

    [Fact]
    public void Tensor_OfAMemory_IsACopy()
    {
        var source = new long[] { 1, 2, 3 };
        var copy = tensor(source.AsMemory(1, 2), [2]);
        source[1] = 9;
        Assert.Equal([2L, 3], copy.data<long>().ToArray());
        Assert.Equal(ScalarType.Int64, from_array(new long[,] { { 1 } }).dtype);
        Assert.Equal([1, 1], from_array(new long[,] { { 1 } }).shape);
    }

    [Fact]
    public void Creators_FillAsTheySay()
    {
        AssertClose([0, 0], zeros(2, float64));
        AssertClose([1, 1], ones([2], dtype: float64));
        AssertClose([7, 7, 7, 7], full(2, 2, 7.0));
        AssertClose([1, 0, 0, 1], eye(2));
        AssertClose([0, 1, 2], arange(3));
        AssertClose([1, 3, 5], arange(1, 7, 2));
        AssertClose([0, 0.5, 1], linspace(0, 1, 3));
        Assert.Equal(ScalarType.Int64, arange(3).dtype);
        Assert.Equal(ScalarType.Float32, arange(0, 1, 0.5).dtype);
        Assert.Equal([3, 1], empty_like(zeros(3, 1)).shape);
        Assert.True(zeros(1, requires_grad: true).requires_grad);
    }

    [Fact]
    public void Random_FromTheSameSeed_IsTheSame()
    {
        manual_seed(42);
        var first = randn(100);
        manual_seed(42);
        Assert.True(first.Equals(randn(100)));
        Assert.Equal(Enumerable.Range(0, 50).Select(i => (long)i), randperm(50).data<long>().ToArray().Order());
        var dice = randint(1, 7, [1000]).data<long>().ToArray();
        Assert.Equal((1L, 6L), (dice.Min(), dice.Max()));
    }

    [Fact]
    public void Indices_PickAsInPython()
    {
        var x = arange(12, dtype: float64).reshape(3, 4);
        AssertClose([4, 5, 6, 7], x[1]);
        AssertClose([6], x[1, 2].reshape(1));
        AssertClose([8, 9, 10, 11], x[-1]);
        AssertClose([1, 5, 9], x[TensorIndex.Colon, 1]);
        AssertClose([3, 7, 11], x[TensorIndex.Ellipsis, -1]);
        AssertClose([1, 2, 5, 6], x[..2, 1..3].reshape(-1));
        AssertClose([0, 2], x[0, TensorIndex.Slice(step: 2)]);
        Assert.Equal([3, 1, 4], x[TensorIndex.Colon, TensorIndex.None].shape);
        AssertClose([8, 9, 10, 11, 0, 1, 2, 3], x[tensor(new long[] { 2, 0 })].reshape(-1));
        AssertClose([9, 1], x[TensorIndex.Tensor(tensor(new long[] { 2, 0 })), 1]);
        AssertClose([9, 10, 11], x[x > 8]);
        AssertClose([9, 1], x[TensorIndex.Tensor(tensor(new long[] { 2, 0 })), TensorIndex.Tensor(tensor(new long[] { 1, 1 }))]);
    }

    [Fact]
    public void Indices_Write()
    {
        var x = zeros(2, 3, float64);
        x[0] = Vector(1, 2, 3);
        x[1, 1] = tensor(5.0);
        x[TensorIndex.Colon, 2] = Vector(8, 9);
        AssertClose([1, 2, 8, 0, 5, 9], x.reshape(-1));
        x[x > 7] = tensor(0.0);
        AssertClose([1, 2, 0, 0, 5, 0], x.reshape(-1));
        x.index_put_(4, TensorIndex.Single(0));
        AssertClose([4, 4, 4, 0, 5, 0], x.reshape(-1));
    }

    [Fact]
    public void Reductions_AreRight()
    {
        var x = Matrix(2, 1, 2, 3, 4, 0, 6);
        AssertClose([16], x.sum().reshape(1));
        AssertClose([5, 2, 9], x.sum(dim: 0));
        AssertClose([2, 10 / 3.0], x.mean([1]));
        AssertClose([1, 28 / 3.0], x.var(1));
        AssertClose([2.0 / 3], x.var(1, unbiased: false).narrow(0, 0, 1));
        AssertClose([Math.Sqrt(14), Math.Sqrt(52)], x.norm(1));
        AssertClose([Math.Sqrt(66)], x.norm().reshape(1));
        AssertClose([3, 6], x.max(1).values);
        AssertClose([2, 2], x.max(1).indexes);
        AssertClose([0, 1], x.argmin(1));
        AssertClose([6, 4], x.topk(2).values[1]);
        AssertClose([3, 2], x.topk(2).values[0]);
        AssertClose([0, 4, 6], x.sort().Values[1]);
        AssertClose([Math.Log(Math.Exp(1) + Math.Exp(2) + Math.Exp(3))], x.logsumexp(1).narrow(0, 0, 1));
        AssertClose([0, 2, 1], bincount(tensor(new long[] { 1, 2, 1 })));
        var (distinct, inverse, counts) = unique(tensor(new long[] { 5, 3, 5 }), return_inverse: true, return_counts: true);
        AssertClose([3, 5], distinct);
        AssertClose([1, 0, 1], inverse!);
        AssertClose([1, 2], counts!);
        Assert.Null(unique(tensor(new long[] { 5 })).counts);
    }

    [Fact]
    public void Comparisons_AreElementByElement()
    {
        var x = Vector(1, 2, double.NaN);
        Assert.Equal([false, true, false], x.gt(1).data<bool>().ToArray());
        Assert.Equal([true, false, false], (x == 1).data<bool>().ToArray());
        Assert.Equal([false, true, false], (1 < x).data<bool>().ToArray());
        Assert.Equal([true, true, false], isfinite(x).data<bool>().ToArray());
        Assert.Equal([false, false, true], x.isnan().data<bool>().ToArray());
        Assert.True(allclose(Vector(1), Vector(1 + 1e-9)));
        Assert.False(Vector(1).allclose(Vector(1.1)));
        Assert.True(Vector(1).Equals(Vector(1)));
    }

    [Fact]
    public void Sparse_ToDense_IsTheMatrix()
    {
        var sparse = sparse_coo_tensor(tensor(new long[,] { { 0, 1, 0 }, { 1, 0, 1 } }), Vector(1, 2, 3), [2, 2]);
        Assert.True(sparse.is_sparse);
        AssertClose([0, 4, 2, 0], sparse.to_dense().reshape(-1));
        Assert.Equal([2, 3], sparse.SparseIndices.shape);
        AssertClose([4, 2], sparse.mm(ones(2, 1, float64)).reshape(-1));
    }

    [Fact]
    public void InPlace_ReturnsTheTensorItself()
    {
        var x = Vector(1, -2);
        Assert.Same(x, x.add_(1).mul_(2).abs_().clamp_(max: 3));
        AssertClose([3, 2], x);
        Assert.Same(x, x.copy_(Vector(5)).zero_());
        AssertClose([0, 0], x);
    }

    [Fact]
    public void Conversions_KeepTheNumbers()
    {
        var x = Vector(1.9, -1.9);
        AssertClose([1, -1], x.@long());
        Assert.Equal(ScalarType.Float32, x.@float().dtype);
        Assert.Equal(1.9, x[0].item<double>());
        Assert.Equal(1.9f, x[0].ToSingle());
        Assert.Equal(1.9, x[0].ToDouble());
        Assert.True(tensor(true).ToBoolean());
        Assert.Throws<ArgumentException>(() => x.item<double>());
        Assert.Throws<ArgumentException>(() => x.data<float>());
    }

    [Fact]
    public void Operator_OnWrongShapes_Throws()
        => Assert.Contains("2x3", Assert.Throws<ExternalException>(() => ones(2, 3).mm(ones(2, 3))).Message);

    [Fact]
    public void Handle_OfADisposedTensor_Throws()
    {
        var x = ones(1);
        x.Dispose();
        Assert.True(x.IsInvalid);
        Assert.Throws<InvalidOperationException>(() => x.Handle);
        Assert.Throws<InvalidOperationException>(() => x + 1);
        x.Dispose();
    }

    [Fact]
    public void Handle_WrappedAgain_IsTheSameTensor()
    {
        var x = Vector(1, 2);
        var other = Tensor.UnsafeCreateTensor(x.alias().DecoupleFromNativeHandle());
        x.add_(1);
        AssertClose([2, 3], other);
    }

    [Theory]
    [InlineData("cpu", DeviceType.CPU, -1)]
    [InlineData("cuda", DeviceType.CUDA, -1)]
    [InlineData("cuda:1", DeviceType.CUDA, 1)]
    public void Device_OfAString_IsParsed(string text, DeviceType type, int index)
    {
        var parsed = device(text);
        Assert.Equal((type, index, text), (parsed.type, parsed.index, parsed.ToString()));
    }

    [Fact]
    public void Device_OfNonsense_IsRefused()
        => Assert.Contains("'gpu'", Assert.Throws<ArgumentException>(() => device("gpu")).Message);

    [Fact]
    public void Cuda_WhereItIsThere_ComputesTheSame()
    {
        Assert.Equal(cuda.device_count() > 0, cuda.is_available());
        if (!cuda.is_available())
        {
            Assert.Throws<ExternalException>(() => ones(1, device: CUDA));
            return;
        }
        var x = arange(6, dtype: float64).reshape(2, 3);
        AssertClose(x.mm(x.t()), x.cuda().mm(x.cuda().t()).cpu());
    }

    [Fact]
    public void Threads_CanBeSet()
    {
        var before = get_num_threads();
        set_num_threads(1);
        Assert.Equal(1, get_num_threads());
        set_num_threads(before);
    }
}
