using Rearm.Streaming.Contracts.Snapshots;
using Rearm.Streaming.Models.Kernels;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Rearm.Streaming.Models.Training;

/// <summary>A model whose only parameters are a vector per user and per item. The forward pass gives the representations: users, then items, nodes x d.</summary>
internal abstract class EmbeddingModel : nn.Module<SparseOperator?, Tensor>
{
    private readonly string _users;
    private readonly string _items;

    /// <param name="name">What the parameters' names begin with, so that checkpoints of several models don't mix.</param>
    /// <param name="users">Number of users.</param>
    /// <param name="items">Number of items.</param>
    /// <param name="dimension">d.</param>
    /// <param name="seed">Of the initial values.</param>
    /// <param name="dtype">Precision.</param>
    /// <param name="device">Where it is.</param>
    protected EmbeddingModel(string name, int users, int items, int dimension, int seed, ScalarType dtype, Device device) : base(name)
    {
        manual_seed(seed);
        (_users, _items, Dimension) = ($"{name}_users", $"{name}_items", dimension);
        Users = Initial.Embedding(users, dimension, dtype, device);
        Items = Initial.Embedding(items, dimension, dtype, device);
        register_parameter(_users, Users);
        register_parameter(_items, Items);
    }

    /// <summary>d.</summary>
    internal int Dimension { get; }

    /// <summary>Users x d.</summary>
    internal Parameter Users { get; }

    /// <summary>Items x d.</summary>
    internal Parameter Items { get; }

    /// <summary>The graph that the forward pass takes, from a snapshot; null for a model without.</summary>
    internal virtual SparseOperator? Graph(GraphSnapshot snapshot, ScalarType dtype, Device device) => null;

    /// <summary>What the rows of a parameter belong to.</summary>
    internal ParameterRows RowsOf(string name) => name == _users ? ParameterRows.Users : name == _items ? ParameterRows.Items : ParameterRows.Shared;
}
