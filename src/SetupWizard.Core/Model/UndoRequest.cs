namespace SetupWizard.Core.Model;

/// <summary>What an undo is asked for, beyond the set-up that the goal names: its ClickPipes user and publication.</summary>
/// <param name="All">Everything that this installation's record has of the database, whichever set-up it belongs to.</param>
/// <param name="IdleSlotsUnused">Somebody has said that no ClickPipe comes back to the slots of ClickPipes that nobody reads now.</param>
public sealed record UndoRequest(bool All = false, bool IdleSlotsUnused = false)
{
    /// <summary>The one set-up, and with no slot of ClickPipes left.</summary>
    public static UndoRequest OfGoal { get; } = new();
}
