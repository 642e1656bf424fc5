using System.Text.Json;
using Rearm.Streaming.Contracts;
using Rearm.Streaming.Models.Training;

namespace Rearm.Streaming.Cli.Tuning;

/// <summary>
/// How far each trial that is still in the race has been trained, one file for each of its models, so that a round goes on where the one before ended. A file
/// that is missing or damaged costs time alone: the same epochs give the same numbers again.
/// </summary>
/// <param name="folder">Where the files are.</param>
/// <param name="search">Which search it is: a state that another one left there is not taken up.</param>
internal sealed class TrialStates(string folder, SearchIdentity search)
{
    private readonly string _search = JsonSerializer.Serialize(search);

    /// <summary>A trial's.</summary>
    public ITrainingStates Of(Trial trial) => new States(this, trial);

    /// <summary>Removes those of a trial that is out.</summary>
    public void Drop(int trial)
    {
        foreach (var file in Directory.GetFiles(folder, NameOf(trial, "*") + "*"))
            File.Delete(file);
    }

    private string PathOf(int trial, string model) => Path.Combine(folder, NameOf(trial, model));

    private static string NameOf(int trial, string model) => $"trial-{trial}.{model}.state";

    private sealed class States(TrialStates all, Trial trial) : ITrainingStates
    {
        private readonly string _run =
            $"{all._search} {string.Join(',', trial.Parameters.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => $"{p.Key}={p.Value}"))}";

        public TrainingState? Load(string model)
        {
            try
            {
                using var file = File.OpenRead(all.PathOf(trial.Number, model));
                var (run, state) = TrainingStateCodec.Read(file);
                return run == _run ? state : null;
            }
            catch (Exception e) when (e is FileNotFoundException or ContractException)
            {
                return null;
            }
        }

        public void Save(string model, TrainingState state)
        {
            var path = all.PathOf(trial.Number, model);
            using (var file = File.Create(path + ".partial"))
                TrainingStateCodec.Write(file, _run, state);
            File.Move(path + ".partial", path, overwrite: true);
        }
    }
}
