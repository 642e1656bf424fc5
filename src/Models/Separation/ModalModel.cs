using Rearm.Streaming.Models.Training;
using static TorchSharp.torch;

namespace Rearm.Streaming.Models.Separation;

/// <summary>A model that projects the items' features, and so can have SEA's losses beside its own.</summary>
internal abstract class ModalModel(string name) : nn.Module<ModalInputs, ModalOutput>(name)
{
    /// <summary>Numbers in a vector that is served.</summary>
    internal abstract int Width { get; }

    /// <summary>The losses beside the ranking's, the last module that is registered; null: there are none.</summary>
    internal abstract SeparateLearning? Separation { get; }

    /// <summary>The ranking's loss.</summary>
    /// <param name="output">Of the forward pass.</param>
    /// <param name="batch">Triples.</param>
    internal abstract Tensor Ranking(ModalOutput output, TripleBatch batch);

    /// <summary>What the rows of a parameter belong to.</summary>
    internal abstract ParameterRows RowsOf(string name);
}
