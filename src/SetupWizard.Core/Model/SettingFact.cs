using System.Globalization;

namespace SetupWizard.Core.Model;

/// <summary>A setting as <c>current_setting</c> gives it (units included), with what <c>pg_settings</c> adds when it lists it.</summary>
/// <param name="Name">Name.</param>
/// <param name="Value">The value in effect for this session, as <c>SHOW</c> prints it.</param>
/// <param name="Raw">The value in the setting's base unit, from <c>pg_settings</c>; null when not listed.</param>
/// <param name="Unit">The base unit (<c>ms</c>, <c>MB</c>); null when it has none.</param>
/// <param name="Context">Who may change it and when (<c>postmaster</c>, <c>sighup</c>, <c>user</c>); null when not listed.</param>
/// <param name="PendingRestart">Changed on disk, waits for a restart.</param>
/// <param name="Source">Where the value comes from (<c>configuration file</c>, <c>default</c>).</param>
/// <param name="ByAlterSystem">Somebody gave it with <c>ALTER SYSTEM</c>; only those who may read all settings see that.</param>
public sealed record SettingFact(
    string Name, string Value, string? Raw = null, string? Unit = null, string? Context = null, bool PendingRestart = false, string? Source = null, bool ByAlterSystem = false)
{
    /// <summary>The raw value as a whole number, or null.</summary>
    public long? Number => long.TryParse(Raw ?? Value, NumberStyles.Integer, CultureInfo.InvariantCulture, out var n) ? n : null;
}

/// <summary>A setting attached to a role, a database or both.</summary>
/// <param name="Role">The role; null is every role.</param>
/// <param name="InDatabase">Only in this database.</param>
/// <param name="Name">The setting.</param>
/// <param name="Value">Its value.</param>
public sealed record RoleSettingFact(string? Role, bool InDatabase, string Name, string Value);
