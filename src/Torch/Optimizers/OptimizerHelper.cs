namespace TorchSharp.Modules;

/// <summary>Saves and loads an optimizer's options and state.</summary>
public abstract class OptimizerHelper : torch.optim.Optimizer
{
    private protected readonly Dictionary<Parameter, OptimizerState> States = new(ReferenceEqualityComparer.Instance);

    /// <summary>Options by group and states by parameter, in order; the objects themselves, not copies.</summary>
    public class StateDictionary
    {
        internal StateDictionary() { }
        /// <summary>The options of each group.</summary>
        public List<OptimizerOptions> Options { get; } = [];
        /// <summary>The state of each parameter.</summary>
        public List<OptimizerState> State { get; } = [];
    }

    /// <summary>Options by group and states by parameter.</summary>
    public virtual StateDictionary state_dict()
    {
        var state = new StateDictionary();
        foreach (var group in _parameter_groups)
        {
            state.Options.Add(group.Options);
            state.State.AddRange(group.Parameters.Select(p => States[p]));
        }
        return state;
    }

    /// <summary>Writes options and state to a file, in TorchSharp's format.</summary>
    public void save_state_dict(string location)
    {
        using var writer = new BinaryWriter(File.Create(location));
        save_state_dict(writer);
    }

    /// <summary>Writes options and state.</summary>
    public void save_state_dict(BinaryWriter writer)
    {
        var state = state_dict();
        writer.Write(GetType().Name);
        Leb128.Write(writer, state.Options.Count);
        Leb128.Write(writer, state.State.Count);
        foreach (var options in state.Options)
            options.SaveStateDict(writer);
        foreach (var entry in state.State)
            entry.SaveStateDict(writer);
        writer.Flush();
    }

    /// <summary>Reads options and state from a file.</summary>
    public void load_state_dict(string location)
    {
        using var reader = new BinaryReader(File.OpenRead(location));
        load_state_dict(reader);
    }

    /// <summary>Reads what <see cref="save_state_dict(BinaryWriter)"/> wrote, for the same parameters in the same order.</summary>
    /// <exception cref="InvalidDataException">It is of another optimizer.</exception>
    /// <exception cref="ArgumentException">The parameters or groups are not as many, or of other shapes.</exception>
    public void load_state_dict(BinaryReader reader)
    {
        var name = reader.ReadString();
        if (name != GetType().Name)
            throw new InvalidDataException($"Mismatched optimizer type: expected '{GetType().Name}', but found '{name}' in the loaded stream.");
        var (groups, parameters) = (Leb128.Read(reader), Leb128.Read(reader));
        var state = state_dict();
        if (groups != state.Options.Count || parameters != state.State.Count)
            throw new ArgumentException(
                $"The state is of {groups} groups and {parameters} parameters, the optimizer has {state.Options.Count} and {state.State.Count}.");
        foreach (var options in state.Options)
            options.LoadStateDict(reader);
        foreach (var entry in state.State)
            entry.LoadStateDict(reader);
    }

    /// <summary>Disposes the states.</summary>
    protected override void Dispose(bool disposing)
    {
        foreach (var state in States.Values.OfType<IDisposable>())
            state.Dispose();
        States.Clear();
    }
}
