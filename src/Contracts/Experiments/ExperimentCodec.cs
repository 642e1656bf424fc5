using System.Buffers;
using Google.Protobuf;
using Rearm.Streaming.Contracts.V1;

namespace Rearm.Streaming.Contracts.Experiments;

/// <summary>Experiments as Redis holds them, and the rules that they keep.</summary>
public static class ExperimentCodec
{
    /// <summary>The layout version.</summary>
    public const uint Version = 1;

    private const int MaxName = 32;

    private static readonly SearchValues<char> NameCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-");

    /// <summary>Reads one.</summary>
    /// <exception cref="ContractException">Malformed, of an unknown version, or against the rules.</exception>
    public static Experiment Read(ReadOnlySpan<byte> bytes)
    {
        var experiment = StoredMessage.Parse(Experiment.Parser, bytes, "experiment");
        ContractException.RequireVersion("experiment", experiment.Version, Version);
        return Problem(experiment) is { } problem ? throw new ContractException($"The experiment in Redis can't be followed: {problem}.") : experiment;
    }

    /// <summary>Writes one.</summary>
    public static byte[] Write(Experiment experiment) => experiment.ToByteArray();

    /// <summary>What is wrong with an experiment, as "field is value; what is needed"; null if nothing is.</summary>
    public static string? Problem(Experiment experiment) =>
        ArmProblem("control", experiment.Control)
        ?? ArmProblem("treatment", experiment.Treatment)
        ?? (experiment.Control.Name == experiment.Treatment.Name ? $"both arms are called \"{experiment.Control.Name}\"; different names are needed" : null)
        ?? (experiment.Control.Generation == experiment.Treatment.Generation
            ? $"both arms get generation {experiment.Control.Generation}; different ones are needed"
            : null)
        ?? (experiment.Share is > 0 and < 1 ? null : $"share is {experiment.Share}; a number above 0 and below 1 is needed");

    private static string? ArmProblem(string field, ExperimentArm? arm) =>
        arm is null ? $"{field} is missing; an arm is needed"
        : arm.Name.Length is 0 or > MaxName || arm.Name.AsSpan().ContainsAnyExcept(NameCharacters)
            ? $"{field}.name is \"{arm.Name}\"; 1 to {MaxName} of a-z, A-Z, 0-9, '_' and '-' are needed"
        : arm.Generation <= 0 ? $"{field}.generation is {arm.Generation}; the number of a generation is needed"
        : null;
}
