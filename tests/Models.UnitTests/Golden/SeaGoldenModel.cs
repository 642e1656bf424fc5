using Rearm.Streaming.Models.Kernels;
using Rearm.Streaming.Models.Sea;
using Rearm.Streaming.Models.Separation;
using Rearm.Streaming.Models.Training;
using Rearm.Streaming.Testing.Golden;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Rearm.Streaming.Models.UnitTests.Golden;

/// <summary>Our SEA with the case's graphs and starting parameters, in one precision.</summary>
internal sealed class SeaGoldenModel : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly SeaGoldenCase _golden;
    private readonly ScalarType _dtype;
    private readonly KernelMode _kernels;

    internal SeaGoldenModel(SeaGoldenCase golden, ScalarType dtype, KernelMode kernels)
    {
        _golden = golden;
        _dtype = dtype;
        _kernels = kernels;
        Inputs = new ModalInputs
        {
            Users = golden.Users,
            Items = golden.Items,
            Names = [.. SeaGoldenCase.Modalities.Select(m => m.Name)],
            Features = [.. SeaGoldenCase.Modalities.Select(m => ToTensor(golden.Arrays[$"input/{m.Name}_feat"]))],
            // The program's double run has a graph of its own; the item graph is that of the single run.
            InteractionGraph = Graph(dtype == ScalarType.Float64 ? "f64/graph/norm_adj" : "graph/norm_adj"),
            ItemGraph = Graph("graph/mm_adj"),
        };
        Model = new SeaModel(Inputs, golden.Parameters, seed: 1, dtype, GoldenModel.Device, kernels);
        Optimizer = new AdamWOptimizer(Model.parameters(), golden.Parameters.LearningRate, decay: 0, kernels);
        using (no_grad())
            foreach (var (folder, theirs, parameter) in Parameters())
                parameter.copy_(ToTensor(golden.Arrays[$"param{folder}/{theirs}"]).reshape(parameter.shape));
    }

    internal ModalInputs Inputs { get; }

    internal SeaModel Model { get; }

    internal AdamWOptimizer Optimizer { get; }

    /// <summary>All parameters: the end of the golden folders that hold them ("_club" for the bound's network), and the program's names.</summary>
    internal IEnumerable<(string Folder, string Theirs, Parameter Parameter)> Parameters() =>
        Model.named_parameters().Select(p => SeaGoldenNames.Of(p.name) is var (folder, theirs) ? (folder, theirs, p.parameter) : default);

    /// <summary>The losses of a step, with the program's draws.</summary>
    internal (Tensor Ranking, SeparationTerms Terms, Tensor Total) Losses(int step)
    {
        var output = Model.forward(Inputs);
        var ranking = Model.Ranking(output, _golden.Batch(step));
        var terms = Model.Separation.Forward(output.Projected, [.. SeaGoldenCase.Modalities.Select(m => Others(m.Name, step))]);
        return (ranking, terms, ranking + terms.Total(_golden.Parameters)!);
    }

    /// <summary>The other items of the bound.</summary>
    internal Tensor Others(string modality, int step) =>
        tensor(Array.ConvertAll(_golden.Arrays[$"draw/club_{modality}"].Row(step).Values, v => (long)v), device: GoldenModel.Device);

    public void Dispose()
    {
        Optimizer.Dispose();
        Model.Dispose();
        Inputs.Dispose();
        _scope.Dispose();
    }

    private SparseOperator Graph(string name)
    {
        var dense = _golden.Arrays[name];
        return _dtype == ScalarType.Float64
            ? new SparseOperator(ToTensor(dense).to_sparse())
            : new SparseOperator(GoldenModel.Sparse(dense), dense.Columns, _dtype, GoldenModel.Device, _kernels);
    }

    private Tensor ToTensor(NpyArray array) => GoldenModel.ToTensor(array, _dtype);
}
