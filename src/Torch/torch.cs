namespace TorchSharp;

/// <summary>
/// The part of TorchSharp's API that this project uses, over any libtorch: tensors, automatic differentiation, modules and
/// optimizers. Nothing is loaded before the first call that needs libtorch.
/// </summary>
public static partial class torch
{
}
