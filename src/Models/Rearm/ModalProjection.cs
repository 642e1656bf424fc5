using Rearm.Streaming.Models.Kernels;
using Rearm.Streaming.Models.Training;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Rearm.Streaming.Models.Rearm;

/// <summary>
/// Eq. 3: one modality's raw vectors to width d, with separate weights for items and for users, whose raw vector is the mean of
/// the items they touched. With frozen features the mean of projected items is the same and cheaper: M rows are projected instead of N.
/// </summary>
internal sealed class ModalProjection : nn.Module
{
    private readonly Linear _items;
    private readonly Linear _users;
    private readonly Parameter? _itemFeatures;
    private readonly Parameter? _userFeatures;
    private readonly KernelMode _kernels;

    internal ModalProjection(ModalInput input, RearmHyperParameters parameters, ScalarType dtype, Device device, KernelMode kernels) : base(nameof(ModalProjection))
    {
        _kernels = kernels;
        _items = Initial.Projection(input.Dimension, parameters.Dimension, dtype, device);
        _users = Initial.Projection(input.Dimension, parameters.Dimension, dtype, device);
        register_module("items", _items);
        register_module("users", _users);
        if (parameters.TrainFeatures)
        {
            _itemFeatures = new Parameter(input.Features.clone());
            _userFeatures = new Parameter(input.MeanOfItems.Multiply(input.Features));
            register_parameter("item_features", _itemFeatures);
            register_parameter("user_features", _userFeatures);
        }
    }

    /// <returns>Items x d.</returns>
    internal Tensor Items(ModalInput input) => LinearLayer.Forward(_items, _itemFeatures ?? input.Features, _kernels);

    /// <returns>Users x d.</returns>
    internal Tensor Users(ModalInput input) => _userFeatures is not null
        ? LinearLayer.Forward(_users, _userFeatures, _kernels)
        : input.MeanOfItems.Multiply(LinearLayer.Forward(input.Features, _users.weight!, null, _kernels)).Plus(_users.bias!);
}
