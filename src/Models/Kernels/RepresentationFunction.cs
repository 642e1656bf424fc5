using System.Runtime.CompilerServices;
using static TorchSharp.torch;

namespace Rearm.Streaming.Models.Kernels;

/// <summary>Eq. 18-19: PReLU(part) + id for each part, side by side, in one pass forth and one back.</summary>
internal sealed class RepresentationFunction : autograd.SingleTensorFunction<RepresentationFunction>
{
    private const int RowsPerChunk = 256;
    private const string Slope = "slope";

    /// <inheritdoc/>
    public override string Name => nameof(RepresentationFunction);

    /// <summary>Activates, adds and joins.</summary>
    /// <param name="id">Nodes x d, float32 on the CPU.</param>
    /// <param name="modal">Nodes x (modalities * d).</param>
    /// <param name="shared">Nodes x d; null: left out.</param>
    /// <param name="slope">Of PReLU, one number.</param>
    /// <returns>Nodes x (modalities * d), and d more where there is a shared part.</returns>
    /// <exception cref="ArgumentException">The shapes or the type don't fit.</exception>
    public static Tensor Join(Tensor id, Tensor modal, Tensor? shared, Tensor slope)
    {
        if (id.dim() != 2 || modal.dim() != 2 || modal.shape[0] != id.shape[0] || id.shape[1] == 0 || modal.shape[1] % id.shape[1] != 0
            || (shared is not null && !shared.shape.SequenceEqual(id.shape)))
            throw new ArgumentException(
                $"Id vectors {Shape.Of(id)} don't fit modal parts {Shape.Of(modal)}{(shared is null ? "" : $" and shared ones {Shape.Of(shared)}")}.");
        var s = TensorMemory.Values(slope, 1)[0];
        return shared is null ? apply(id, modal, slope, s) : apply(id, modal, slope, s, shared);
    }

    /// <inheritdoc/>
    public override unsafe Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        List<Tensor> inputs = [MatrixRows.Readable((Tensor)vars[0]), MatrixRows.Readable((Tensor)vars[1])];
        if (vars.Length > 4)
            inputs.Add(MatrixRows.Readable((Tensor)vars[4]));
        var parts = new Parts(inputs);
        var result = empty(inputs[0].shape[0], parts.Width);
        RowChunks.Run(new ForwardKernel(parts, TensorMemory.Of(result), (float)vars[3]), (int)result.shape[0], RowsPerChunk, parts.Dimension);
        ctx.save_for_backward(inputs);
        ctx.save_data(Slope, vars[3]);
        return result;
    }

    /// <inheritdoc/>
    public override unsafe List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        var saved = ctx.get_saved_variables();
        var gradient = MatrixRows.Readable(grad_output);
        var parts = new Parts(saved);
        var rows = (int)gradient.shape[0];
        Tensor dId = empty(rows, parts.Dimension), dModal = empty(rows, parts.ModalWidth), dShared = empty(rows, parts.Width - parts.ModalWidth);
        var sums = new ChunkSums(RowChunks.Count(rows, RowsPerChunk), 1);
        RowChunks.Run(
            new BackwardKernel(
                parts, MatrixRows.Of(gradient), TensorMemory.Of(dId), MatrixRows.Of(dModal), MatrixRows.Of(dShared), sums, (float)ctx.get_data(Slope)),
            rows, RowsPerChunk, parts.Dimension);
        List<Tensor> gradients = saved.Count == 3 ? [dId, dModal, tensor(sums.Total()), null!, dShared] : [dId, dModal, tensor(sums.Total()), null!];
        return BackwardMemory.Release(ctx, [.. saved, gradient, grad_output], gradients);
    }

    private readonly unsafe struct Parts
    {
        private readonly MatrixRows _modal;
        private readonly MatrixRows _shared;

        public Parts(IReadOnlyList<Tensor> inputs)
        {
            Id = MatrixRows.Of(inputs[0]);
            _modal = MatrixRows.Of(inputs[1]);
            Dimension = (int)inputs[0].shape[1];
            ModalWidth = (int)inputs[1].shape[1];
            if (inputs.Count > 2)
                _shared = MatrixRows.Of(inputs[2]);
            Width = ModalWidth + (inputs.Count > 2 ? Dimension : 0);
        }

        public MatrixRows Id { get; }

        public int Dimension { get; }

        public int ModalWidth { get; }

        public int Width { get; }

        /// <summary>The part that begins at a column of the result.</summary>
        public float* At(int row, int column) => column < ModalWidth ? _modal[row] + column : _shared[row];
    }

    private readonly unsafe struct ForwardKernel(Parts parts, float* result, float slope) : IRowKernel
    {
        [MethodImpl(Loop.Options)]
        public void Rows<TFloat, TInt>(int chunk, int begin, int end)
            where TFloat : struct, IFloatLanes<TFloat, TInt>
            where TInt : struct, IIntLanes<TInt>
        {
            var s = TFloat.Create(slope);
            for (var row = begin; row < end; row++)
                for (var column = 0; column < parts.Width; column += parts.Dimension)
                {
                    float* id = parts.Id[row], part = parts.At(row, column), target = result + (long)row * parts.Width + column;
                    for (var i = 0; i < parts.Dimension; i += TFloat.Count)
                        (PRelu<TFloat, TInt>.Of(TFloat.Load(part + i), s) + TFloat.Load(id + i)).Store(target + i);
                }
        }
    }

    private readonly unsafe struct BackwardKernel(
        Parts parts, MatrixRows gradient, float* dId, MatrixRows dModal, MatrixRows dShared, ChunkSums sums, float slope) : IRowKernel
    {
        [MethodImpl(Loop.Options)]
        public void Rows<TFloat, TInt>(int chunk, int begin, int end)
            where TFloat : struct, IFloatLanes<TFloat, TInt>
            where TInt : struct, IIntLanes<TInt>
        {
            var s = TFloat.Create(slope);
            TFloat slopes = default;
            for (var row = begin; row < end; row++)
            {
                var id = dId + (long)row * parts.Dimension;
                new Span<float>(id, parts.Dimension).Clear();
                for (var column = 0; column < parts.Width; column += parts.Dimension)
                {
                    float* g = gradient[row] + column, part = parts.At(row, column), target = column < parts.ModalWidth ? dModal[row] + column : dShared[row];
                    for (var i = 0; i < parts.Dimension; i += TFloat.Count)
                    {
                        var d = TFloat.Load(g + i);
                        (TFloat.Load(id + i) + d).Store(id + i);
                        PRelu<TFloat, TInt>.Back(TFloat.Load(part + i), s, d, ref slopes).Store(target + i);
                    }
                }
            }
            sums[chunk][0] = slopes.Sum;
        }
    }
}
