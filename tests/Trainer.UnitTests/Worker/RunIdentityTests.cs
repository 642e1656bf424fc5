using Rearm.Streaming.Models;
using Rearm.Streaming.Models.Training;
using Rearm.Streaming.Testing.Shops;
using Rearm.Streaming.Trainer.Worker;

namespace Rearm.Streaming.Trainer.UnitTests.Worker;

public sealed class RunIdentityTests
{
    [Theory]
    [InlineData("rearm")]
    [InlineData("sea")]
    [InlineData("rearm+ials")]
    public void Of_PresetOfAnotherReleaseWithOtherNumbers_IsAnotherRun(string name)
    {
        var model = ModelCatalogue.Get(name);
        var values = model.Values!;
        var next = model with { Values = s => new Dictionary<string, string>(values(s)) { ["dimension"] = "7" } };

        Assert.NotEqual(Identity(model), Identity(next));
    }

    private static string Identity(ModelDefinition model) =>
        RunIdentity.Of(PlantedShop.Snapshot(), model, new ModelSettings(), maxValidationUsers: 0, startFrom: "", gate: "");
}
