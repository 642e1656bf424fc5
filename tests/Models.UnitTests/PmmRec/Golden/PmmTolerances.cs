using Rearm.Streaming.Models.Kernels;
using static TorchSharp.torch;

namespace Rearm.Streaming.Models.UnitTests.PmmRec.Golden;

/// <summary>How near to the program's numbers ours must be, in one precision.</summary>
/// <param name="Prefix">Of the arrays' names.</param>
/// <param name="Type">Precision.</param>
/// <param name="Kernels">Managed kernels or plain operators.</param>
/// <param name="Vector">Of vectors, absolute.</param>
/// <param name="Loss">Of losses, relative.</param>
/// <param name="Gradient">Of gradients, in units of the largest.</param>
/// <param name="ZeroGradient">What may be added to that.</param>
/// <param name="Step">Of robust parameters, in units of the learning rate.</param>
internal sealed record PmmTolerances(
    string Prefix, ScalarType Type, KernelMode Kernels, double Vector, double Loss, double Gradient, double ZeroGradient, double Step)
{
    private static readonly PmmTolerances Single = new("", ScalarType.Float32, KernelMode.Auto, 1e-4, 1e-5, 1e-3, 1e-5, 0.05);

    private static readonly PmmTolerances[] Ways =
    [
        Single, Single with { Kernels = KernelMode.Plain }, new("f64/", ScalarType.Float64, KernelMode.Plain, 1e-6, 1e-7, 1e-5, 1e-7, 0.0005),
    ];

    internal static void ForAll(Action<PmmCase, PmmTolerances> compare)
    {
        foreach (var golden in PmmCase.All)
            foreach (var way in Ways)
                compare(golden, way);
    }
}
