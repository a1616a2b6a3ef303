using System.Globalization;
using SetupWizard.Core.Text;
using SetupWizard.Core.Watching;
using SetupWizard.Core.Wording;

namespace SetupWizard.Cli;

/// <summary>Slots as text: who reads, what they hold back, and how long they last if nobody does.</summary>
internal static class SlotLines
{
    public static void Write(TerminalWriter writer, IReadOnlyList<SlotForecast> slots, long? limit, TimeSpan measured, CultureInfo culture)
    {
        foreach (var (slot, forecast, _) in slots)
        {
            var line = Messages.Get(
                "Watch.Cli.Slot",
                culture,
                ("slot", slot.Name),
                ("state", Messages.Get(slot.Active ? "Watch.Cli.Active" : "Watch.Cli.Idle", culture)),
                ("size", new ByteSize(slot.RetainedBytes)),
                ("status", slot.WalStatus is null ? "" : ", " + slot.WalStatus));

            // Without a rate a single reading has nothing to say about time.
            var ahead = forecast.Kind == WalForecastKind.NotMeasured && measured == TimeSpan.Zero ? "" : WatchText.Forecast(forecast, limit, measured, culture);
            writer.Text(line + ". " + ahead, 12, "          -", forecast.Kind is WalForecastKind.Lost or WalForecastKind.Endangered ? TextStyle.Red : TextStyle.Plain);
        }
    }
}
