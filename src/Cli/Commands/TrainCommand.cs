using Rearm.Streaming.Cli.CommandLine;
using Rearm.Streaming.Models.Training;
using Rearm.Streaming.Trainer;

namespace Rearm.Streaming.Cli.Commands;

/// <summary><c>rearm train</c>: the Trainer.</summary>
internal static class TrainCommand
{
    public static RearmCommand Create() => new RearmCommand(
        "train",
        "Run the Trainer: trains a model on the newest snapshot in Redis and publishes generations.",
        new("rearm train --redis 127.0.0.1:6379", "train on the best device available"),
        new("rearm train --device cpu --Trainer:MaxEpochs=50", "on the CPU, with at most 50 epochs a run"))
        .Runs(
            TrainerHost.Build,
            SettingOption.Redis(),
            SettingOption.Among("--device", "Trainer:Device", "Device to train on; auto is CUDA where there is any", [.. TrainingDevice.Names]),
            SettingOption.GrpcPort(),
            SettingOption.HttpPort(),
            SettingOption.Address());
}
