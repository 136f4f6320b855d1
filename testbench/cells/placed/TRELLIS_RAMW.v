// Simulation model of the write port of ECP5 distributed memory, as nextpnr places it: in this mode the inputs of a slice's look-up tables
// go to the memories of its two neighbours. FPGA-DS-02012 (ECP5 family data sheet) has the port; which pin is which bit follows Project
// Trellis.
module TRELLIS_RAMW (
    input A0, B0, C0, D0, A1, B1, C1, D1,
    output WADO0, WADO1, WADO2, WADO3, WDO0, WDO1, WDO2, WDO3
);
    assign {WADO3, WADO2, WADO1, WADO0} = {A0, C0, B0, D0};
    assign {WDO3, WDO2, WDO1, WDO0} = {B1, D1, A1, C1};
endmodule
