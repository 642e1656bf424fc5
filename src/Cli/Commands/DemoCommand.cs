using System.CommandLine;
using Rearm.Streaming.Cli.CommandLine;
using Rearm.Streaming.Cli.Demo;
using Rearm.Streaming.Models;

namespace Rearm.Streaming.Cli.Commands;

/// <summary><c>rearm demo</c>: the whole pipeline in one process.</summary>
internal static class DemoCommand
{
    public static RearmCommand Create()
    {
        var once = new Option<bool>("--once") { Description = "Exit at the end instead of staying up" };
        var dataset = new Option<string>("--dataset") { Description = "A data set's folder (train.npy, ... or NAME.inter, with *_feat.npy) in place of the synthetic shop", HelpName = "folder" };
        var json = OutputFile.Option("--json", "Write the figures to this file");
        var grpcPort = Numbers.Optional("--grpc-port", "The Server's gRPC port; 0 takes a free one", 0, 65535);
        var httpPort = Numbers.Optional("--http-port", "The Server's HTTP port; 0 takes a free one", 0, 65535);
        var kafka = new Option<string>("--kafka") { Description = "Your own Kafka instead of the embedded one", HelpName = "host:port" };
        var redis = new Option<string>("--redis") { Description = "Your own Redis instead of the embedded one", HelpName = "host:port,..." };
        var model = new Option<string>("--model")
        {
            Description = "What to train, as rearm evaluate --model takes it; one that can be served",
            HelpName = "name",
            DefaultValueFactory = _ => ModelCatalogue.Default,
        };
        model.CompletionSources.Add([.. ModelCatalogue.Names]);
        model.Validators.Add(result =>
        {
            try
            {
                ModelCatalogue.Get(result.GetValueOrDefault<string>()!);
            }
            catch (ArgumentException e)
            {
                result.AddError(e.Message);
            }
        });
        var epochs = Numbers.Optional("--epochs", "Maximum number of epochs", 1, 100_000);
        var learningRate = Numbers.Optional("--learning-rate", "Adam's learning rate", 1e-8, 1.0);
        var seed = Numbers.Option("--seed", "Random seed of the shop and of training", 1, 0, int.MaxValue);
        var verbose = new Option<bool>("--verbose") { Description = "Show the services' logs" };
        var command = new RearmCommand(
            "demo",
            "Run the whole pipeline in one process (Kafka, Redis, the four services and a synthetic shop) and see one click change the recommendations.",
            new("rearm demo", "run it, then stay up to try things until Ctrl-C"),
            new("rearm demo --once --json figures.json", "exit at the end, with the figures in a file"),
            new("rearm demo --once --dataset data/tiktok --epochs 30", "a real data set through the same pipeline"),
            new("rearm demo --once --model sea", "another model through it"),
            new("rearm demo --kafka 127.0.0.1:9092 --redis 127.0.0.1:6379", "with servers of your own"))
        {
            once, dataset, json, grpcPort, httpPort, kafka, redis, model, epochs, learningRate, seed, verbose,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            var options = new DemoOptions
            {
                Once = parsed.GetValue(once),
                Dataset = parsed.GetValue(dataset),
                Json = parsed.GetValue(json),
                GrpcPort = parsed.GetValue(grpcPort),
                HttpPort = parsed.GetValue(httpPort),
                Kafka = parsed.GetValue(kafka),
                Redis = parsed.GetValue(redis),
                Model = parsed.GetValue(model)!,
                Epochs = parsed.GetValue(epochs),
                LearningRate = parsed.GetValue(learningRate),
                Seed = parsed.GetValue(seed),
                Verbose = parsed.GetValue(verbose),
            };
            await DemoRun.RunAsync(options, Consoles.For(parsed.InvocationConfiguration.Output), cancellation);
            return ExitCodes.Success;
        });
        return command;
    }
}
