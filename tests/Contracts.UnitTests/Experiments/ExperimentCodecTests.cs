using Rearm.Streaming.Contracts.Experiments;
using Rearm.Streaming.Contracts.V1;

namespace Rearm.Streaming.Contracts.UnitTests.Experiments;

public class ExperimentCodecTests
{
    [Fact]
    public void Read_WhatWasWritten_IsTheSame() => Assert.Equal(Sound(), ExperimentCodec.Read(ExperimentCodec.Write(Sound())));

    [Fact]
    public void Read_AnythingElse_IsRefused()
    {
        Assert.Throws<ContractException>(() => ExperimentCodec.Read("nonsense"u8));
        Assert.Throws<ContractException>(() => ExperimentCodec.Read(ExperimentCodec.Write(With(e => e.Version = 2))));
        Assert.Throws<ContractException>(() => ExperimentCodec.Read(ExperimentCodec.Write(With(e => e.Share = 1))));
    }

    [Fact]
    public void Problem_OfEachField_NamesIt()
    {
        Assert.Null(ExperimentCodec.Problem(Sound()));
        Assert.Contains("share is 0", ExperimentCodec.Problem(With(e => e.Share = 0)), StringComparison.Ordinal);
        Assert.Contains("share is NaN", ExperimentCodec.Problem(With(e => e.Share = double.NaN)), StringComparison.Ordinal);
        Assert.Contains("control.name is \"a b\"", ExperimentCodec.Problem(With(e => e.Control.Name = "a b")), StringComparison.Ordinal);
        Assert.Contains("treatment.generation is 0", ExperimentCodec.Problem(With(e => e.Treatment.Generation = 0)), StringComparison.Ordinal);
        Assert.Contains("treatment is missing", ExperimentCodec.Problem(With(e => e.Treatment = null)), StringComparison.Ordinal);
        Assert.Contains("both arms are called \"B\"", ExperimentCodec.Problem(With(e => e.Control.Name = "B")), StringComparison.Ordinal);
        Assert.Contains("both arms get generation 6", ExperimentCodec.Problem(With(e => e.Control.Generation = 6)), StringComparison.Ordinal);
    }

    private static Experiment Sound() => new()
    {
        Version = 1,
        Id = "e1",
        Control = new() { Name = "A", Generation = 5 },
        Treatment = new() { Name = "B", Generation = 6 },
        Share = 0.1,
    };

    private static Experiment With(Action<Experiment> change)
    {
        var experiment = Sound();
        change(experiment);
        return experiment;
    }
}
