package dev.dormouse.simulation;

import dev.dormouse.simulation.Ledger.Way;
import java.util.List;
import java.util.Locale;

/**
 * A drawing: for each run a point, as far to the right as its instances took memory while awake,
 * and as high as the share of requests that waited for a start; from there a line to what they took
 * with those that stood still.
 */
final class Chart {
    private static final int WIDTH = 360;
    private static final int HEIGHT = 260;
    private static final int MARGIN = 56;
    private static final int LEGEND_LINE = 20;
    private static final int LEGEND_WIDTH = 260;
    private static final int DECADES_UP = 4;
    private static final double HIGHEST = 1;

    /** One run and what it came to. */
    record Bar(int containers, Scenario scenario, Comparison policy, Ledger ledger) {
        private String panel() {
            return "%,d containers, %s".formatted(containers, scenario.word());
        }

        private double awake() {
            return ledger.gigabyteHours(Place.State.AWAKE);
        }

        private double held() {
            return awake()
                    + ledger.gigabyteHours(Place.State.FROZEN)
                    + ledger.gigabyteHours(Place.State.DEEP);
        }
    }

    private Chart() {}

    static String draw(List<Bar> bars) {
        List<String> panels = bars.stream().map(Bar::panel).distinct().toList();
        int columns = Math.min(panels.size(), Scenario.values().length);
        int rows = Math.ceilDiv(panels.size(), columns);
        int legendColumns = Math.max(1, columns * WIDTH / LEGEND_WIDTH);
        int legend = LEGEND_LINE * (1 + Math.ceilDiv(Comparison.values().length, legendColumns));
        StringBuilder svg = new StringBuilder();
        svg.append(
                String.format(
                        Locale.ROOT,
                        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\""
                                + " font-family=\"sans-serif\" font-size=\"12\">%n",
                        columns * WIDTH,
                        rows * HEIGHT + legend));
        svg.append(
                String.format(
                        Locale.ROOT, "<rect width=\"100%%\" height=\"100%%\" fill=\"white\"/>%n"));
        legend(svg, legendColumns);
        for (int i = 0; i < panels.size(); i++) {
            String panel = panels.get(i);
            svg.append(
                    String.format(
                            Locale.ROOT,
                            "<g transform=\"translate(%d %d)\">%n",
                            i % columns * WIDTH,
                            legend + i / columns * HEIGHT));
            panel(svg, panel, bars.stream().filter(bar -> bar.panel().equals(panel)).toList());
            svg.append(String.format(Locale.ROOT, "</g>%n"));
        }
        return svg.append("</svg>\n").toString();
    }

    private static void legend(StringBuilder svg, int columns) {
        Comparison[] policies = Comparison.values();
        for (int i = 0; i < policies.length; i++) {
            Comparison policy = policies[i];
            int x = MARGIN + i % columns * LEGEND_WIDTH;
            int y = LEGEND_LINE * (1 + i / columns);
            svg.append(
                    String.format(
                            Locale.ROOT,
                            "<circle cx=\"%d\" cy=\"%d\" r=\"6\" fill=\"%s\"/>"
                                    + "<text x=\"%d\" y=\"%d\">%s</text>%n",
                            x,
                            y,
                            policy.color(),
                            x + 12,
                            y + 4,
                            policy.words().replace("`", "")));
        }
    }

    private static void panel(StringBuilder svg, String title, List<Bar> bars) {
        double most = bars.stream().mapToDouble(Bar::held).max().orElse(1);
        svg.append(
                String.format(
                        Locale.ROOT,
                        "<text x=\"%d\" y=\"14\" font-weight=\"bold\">%s</text>%n",
                        MARGIN,
                        title));
        scale(svg);
        svg.append(
                String.format(
                        Locale.ROOT,
                        "<text x=\"%d\" y=\"%d\">cold starts, over GB·h awake — all: 0 to %,.0f</text>%n",
                        MARGIN,
                        HEIGHT - 16,
                        most));
        for (Bar bar : bars) {
            svg.append(
                    String.format(
                            Locale.ROOT,
                            "<line x1=\"%.1f\" x2=\"%.1f\" y1=\"%.1f\" y2=\"%.1f\""
                                    + " stroke=\"%s\" stroke-width=\"2\"/>"
                                    + "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"6\" fill=\"%s\"/>%n",
                            x(bar.awake() / most),
                            x(bar.held() / most),
                            y(bar.ledger().share(Way.COLD)),
                            y(bar.ledger().share(Way.COLD)),
                            bar.policy().color(),
                            x(bar.awake() / most),
                            y(bar.ledger().share(Way.COLD)),
                            bar.policy().color()));
        }
    }

    private static void scale(StringBuilder svg) {
        for (int decade = 0; decade <= DECADES_UP; decade++) {
            double share = HIGHEST / Math.pow(10, decade);
            svg.append(
                    String.format(
                            Locale.ROOT,
                            "<line x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\" stroke=\"#ddd\"/>"
                                    + "<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%s %%</text>%n",
                            MARGIN,
                            WIDTH - 16,
                            y(share),
                            y(share),
                            MARGIN - 4,
                            y(share) + 4,
                            decade <= 2
                                    ? "%.0f".formatted(100 * share)
                                    : String.valueOf(100 * share)));
        }
    }

    private static double x(double part) {
        return MARGIN + part * (WIDTH - MARGIN - 24);
    }

    private static double y(double share) {
        double least = HIGHEST / Math.pow(10, DECADES_UP);
        double down = -Math.log10(Math.max(share, least)) / DECADES_UP;
        return 28 + down * (HEIGHT - 76);
    }
}
